import ts from 'typescript';

/** Code that could stand in a node's place by mistake. */
type Changes = (node: ts.Node) => readonly string[];

const operators: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '-': ['+'],
  '+': ['-'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
};

const isText = (node: ts.Node): boolean =>
  ts.isStringLiteralLike(node) ||
  ts.isTemplateExpression(node) ||
  (ts.isBinaryExpression(node) && (isText(node.left) || isText(node.right)));

/** Another operator, or one side alone. */
const changesOfBinary = (node: ts.BinaryExpression): readonly string[] => {
  const [left, operator, right] = [node.left.getText(), node.operatorToken.getText(), node.right.getText()];
  if (operator === '+' && isText(node)) return [];
  const swapped = (operators[operator] ?? []).map((other) => `${left} ${other} ${right}`);
  return ['&&', '||', '??'].includes(operator) ? [...swapped, left, right] : swapped;
};

const calls: Readonly<Record<string, string>> = {
  ...{ some: 'every', every: 'some', startsWith: 'endsWith', endsWith: 'startsWith' },
  ...{ min: 'max', max: 'min', floor: 'ceil', ceil: 'floor' },
};
const callsLeftOut = new Set([
  ...['filter', 'slice', 'trim', 'toLowerCase', 'toUpperCase', 'sort', 'toSorted', 'reverse', 'toReversed'],
]);

/** Another method of the same shape, or none. */
const changesOfCall = ({ expression, arguments: given }: ts.CallExpression): readonly string[] => {
  if (!ts.isPropertyAccessExpression(expression) || expression.flags & ts.NodeFlags.OptionalChain) return [];
  const [on, name] = [expression.expression.getText(), expression.name.text];
  const other = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (other !== undefined) return [`${on}.${other}(${given.map((each) => each.getText()).join(', ')})`];
  return callsLeftOut.has(name) ? [on] : [];
};

/** A text with a blank in it is prose for people: any other words would do. */
const changesOfText = (text: string): readonly string[] =>
  /\s/.test(text) ? [] : [text === '' ? "'?'" : "''"];

const isCondition = (node: ts.Node, { parent } = node): boolean =>
  (ts.isIfStatement(parent) && parent.expression === node) ||
  (ts.isConditionalExpression(parent) && parent.condition === node);

const ofKind: Changes = (node) => {
  if (ts.isBinaryExpression(node)) return changesOfBinary(node);
  if (ts.isCallExpression(node)) return changesOfCall(node);
  if (ts.isStringLiteralLike(node)) return changesOfText(node.text);
  if (ts.isTemplateExpression(node))
    return /\s/.test(node.getText().replace(/\$\{[^}]*\}/g, '')) ? [] : ['``'];
  if (ts.isNumericLiteral(node)) return [`${node.getText()} + 1`];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return ['false'];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return ['true'];
  if (ts.isArrayLiteralExpression(node)) return node.elements.length > 0 ? ['[]'] : [];
  if (ts.isPrefixUnaryExpression(node) && !ts.isNumericLiteral(node.operand))
    return /^[!-][^-]/.test(node.getText()) ? [node.operand.getText()] : [];
  return [];
};

/** A field that could be missing; functions and objects are looked into instead. */
const isField = (node: ts.Node): boolean =>
  ts.isPropertyAssignment(node.parent) &&
  node.parent.initializer === node &&
  !ts.isFunctionLike(node) &&
  !ts.isObjectLiteralExpression(node);

/** What could stand in the place of an expression by mistake; conditions also always hold, or never. */
export const changesOf: Changes = (node) => {
  const { parent } = node;
  const changes = [...ofKind(node)];
  if (ts.isSpreadElement(parent)) changes.push('[]');
  if (ts.isSpreadAssignment(parent)) changes.push('{}');
  if (ts.isArrowFunction(parent) && parent.body === node) changes.push('undefined');
  if (isCondition(node)) changes.push('true', 'false');
  if (changes.length === 0 && isField(node)) changes.push('undefined');
  return [...new Set(changes)].filter((change) => change !== node.getText());
};

/** Whether an expression may be put into parentheses where it stands, and is code at all. */
export const isReplaceable = (node: ts.Node): node is ts.Expression => {
  const { parent } = node;
  if (!ts.isExpression(node) || ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent))
    return false;
  if ('name' in parent && parent.name === node) return false;
  if (ts.isComputedPropertyName(parent) || ts.isTaggedTemplateExpression(parent)) return false;
  if (ts.isSpreadElement(node) || ts.isDeleteExpression(parent)) return false;
  if (
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    /^[^=!<>]*=$/.test(parent.operatorToken.getText())
  )
    return false;
  const isHeadOf = 'expression' in parent && parent.expression === node;
  if (isHeadOf && parent.flags & node.flags & ts.NodeFlags.OptionalChain) return false;
  return !(isHeadOf && ts.isCallExpression(parent) && ts.isPropertyAccessExpression(node));
};
