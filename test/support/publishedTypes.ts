import { resolve } from 'node:path';
import ts from 'typescript';

/** A value and the published type that it must have. */
export interface TypedValue {
  readonly module: string;
  readonly type: string;
  readonly value: unknown;
}

const options: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

const sourceOf = ({ module, type, value }: TypedValue): string =>
  `import type { ${type} as Published } from '${module}';\nexport const value: Published = ${JSON.stringify(value)};\n`;

/** What the compiler finds wrong with values that a program would write down, unknown members included; none: they fit. */
export function typeProblems(values: readonly TypedValue[]): readonly string[] {
  const files = new Map(values.map((one, at) => [resolve(`published-${at}.mts`), sourceOf(one)]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = files.get(file);
    return text === undefined ? getSourceFile(file, ...rest) : ts.createSourceFile(file, text, rest[0]);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}
