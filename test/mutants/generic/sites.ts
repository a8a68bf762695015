import ts from 'typescript';
import { changesOf, isReplaceable } from './changes.ts';

/** One mistake that a rule has put into the code, asleep until its number is the one that is tried. */
export interface Site {
  readonly file: string;
  readonly line: number;
  readonly was: string;
  readonly becomes: string;
}

const oneLine = (text: string): string => {
  const short = text.replace(/\s+/g, ' ');
  return short.length > 100 ? `${short.slice(0, 97)}...` : short;
};

/** Code with every mistake in it asleep: `globalThis.mutant(n)` says whether the n-th is tried. */
export function withSites(file: string, code: string, add: (site: Site) => number): string {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const lineOf = (node: ts.Node): number => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const tried = (node: ts.Node, becomes: string): string =>
    `globalThis.mutant(${add({ file, line: lineOf(node), was: oneLine(node.getText()), becomes: oneLine(becomes) })})`;

  /** The node's text with its children's mistakes in it. */
  const inside = (node: ts.Node): string => {
    let text = '';
    let at = node.getStart();
    ts.forEachChild(node, (child) => {
      text += code.slice(at, child.getStart()) + written(child);
      at = child.end;
    });
    return text + code.slice(at, node.end);
  };

  const written = (node: ts.Node): string => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node))
      return node.getText();
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.getText();
    if (ts.isShorthandPropertyAssignment(node) && ts.isObjectLiteralExpression(node.parent))
      return `${node.name.text}: ${tried(node, 'undefined')} ? undefined : ${node.name.text}`;
    if (ts.isExpressionStatement(node)) return `{ if (!${tried(node, 'nothing')}) { ${inside(node)} } }`;
    const text = inside(node);
    if (!isReplaceable(node)) return text;
    const changes = changesOf(node).map((becomes) => `${tried(node, becomes)} ? (${becomes}) : `);
    return changes.length === 0 ? text : `(${changes.join('')}${text})`;
  };
  return written(source);
}
