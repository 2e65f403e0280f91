/** Value of a metric in a period; undefined without figures. */
type Lookup = (id: string) => number | undefined;

const TOKEN = /\s*(\d+(?:\.\d+)?|[A-Za-z]\w*|>=|<=|[-+*/()<>,])/y;

/**
 * The value of a formula of CloudWatch's metric math in one period: numbers, metrics, + - * /, comparisons, IF and
 * FILL. What is made from a missing figure is missing, as in
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function valueOf(expression: string, lookup: Lookup): number | undefined {
  const tokens = tokensOf(expression);
  let at = 0;
  const next = () => tokens[at];
  const take = (wanted?: string) => {
    const token = tokens[at];
    if (token === undefined || (wanted !== undefined && token !== wanted)) {
      throw new Error(`${expression}: ${wanted ?? "more"} expected at part ${at + 1}`);
    }
    at += 1;
    return token;
  };

  const argumentsOf = (): (number | undefined)[] => {
    take("(");
    const values = [comparison()];
    while (next() === ",") {
      take(",");
      values.push(comparison());
    }
    take(")");
    return values;
  };
  const primary = (): number | undefined => {
    if (next() === "(") {
      take("(");
      const value = comparison();
      take(")");
      return value;
    }
    const token = take();
    if (/^\d/.test(token)) return Number(token);
    if (next() !== "(") return lookup(token);
    const [first, second, third] = argumentsOf();
    if (token === "FILL") return first ?? second;
    if (token === "IF") return first === undefined ? undefined : first === 0 ? third : second;
    throw new Error(`${expression}: function ${token} is not simulated`);
  };
  const binary = (operand: () => number | undefined, operators: Readonly<Record<string, Operator>>) => () => {
    let value = operand();
    for (let operator = operators[next() ?? ""]; operator !== undefined; operator = operators[next() ?? ""]) {
      take();
      const right = operand();
      value = value === undefined || right === undefined ? undefined : operator(value, right);
    }
    return value;
  };
  const product = binary(primary, { "*": (a, b) => a * b, "/": (a, b) => a / b });
  const sum = binary(product, { "+": (a, b) => a + b, "-": (a, b) => a - b });
  const comparison = binary(sum, {
    ">": (a, b) => Number(a > b),
    ">=": (a, b) => Number(a >= b),
    "<": (a, b) => Number(a < b),
    "<=": (a, b) => Number(a <= b),
  });

  const value = comparison();
  if (at < tokens.length) throw new Error(`${expression}: ${tokens[at] ?? ""} is too much`);
  return value === undefined || Number.isFinite(value) ? value : undefined;
}

type Operator = (a: number, b: number) => number;

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(expression);
    if (match?.[1] === undefined)
      throw new Error(`${expression}: can't be read from character ${start + 1} on`);
    tokens.push(match[1]);
  }
  return tokens;
}
