/** As EXPLAIN (FORMAT JSON) has it, as far as it is read here. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  'Heap Fetches'?: number;
  'Shared Hit Blocks'?: number;
  'Shared Read Blocks'?: number;
  Plans?: PlanNode[];
}

export interface Plan {
  /** One short line: how `videos` was read, and from how many blocks all was. */
  text: string;
  blocks: number;
}

/** Shortens the plans of the statements that one query ran. */
export function readPlan(statements: PlanNode[]): Plan {
  let blocks = 0;
  const scans: string[] = [];
  for (const statement of statements) {
    blocks += (statement['Shared Hit Blocks'] ?? 0) + (statement['Shared Read Blocks'] ?? 0);
    visit(statement, [], (node, above) => {
      const text = scanText(node, above);
      if (text !== null) {
        scans.push(text);
      }
    });
  }
  return { text: [...scans, `${blocks} blocks`].join('; '), blocks };
}

function visit(node: PlanNode, above: PlanNode[], see: (node: PlanNode, above: PlanNode[]) => void): void {
  see(node, above);
  for (const child of node.Plans ?? []) {
    visit(child, [...above, node], see);
  }
}

function scanText(node: PlanNode, above: PlanNode[]): string | null {
  const isBitmapIndex = node['Node Type'] === 'Bitmap Index Scan';
  if (node['Relation Name'] !== 'videos' && !isBitmapIndex) {
    return null;
  }
  if (node['Node Type'] === 'Bitmap Heap Scan') {
    return null;
  }
  const sort = above.find((parent) => parent['Node Type'].endsWith('Sort'));
  const filtered = [node, ...above].reduce(
    (sum, { 'Rows Removed by Filter': rows = 0, 'Actual Loops': loops = 1 }) => sum + rows * loops,
    0,
  );
  const facts = [
    `${Math.round((node['Actual Rows'] ?? 0) * (node['Actual Loops'] ?? 1))} rows`,
    filtered > 0 && `${Math.round(filtered)} filtered out`,
    (node['Heap Fetches'] ?? 0) > 0 && `${node['Heap Fetches']} heap fetches`,
    sort && 'sorted',
  ].filter(Boolean);
  const kind = node['Node Type'].replace('Bitmap Index Scan', 'Bitmap Scan');
  return `${kind}${node['Index Name'] ? ` ${node['Index Name']}` : ''} (${facts.join(', ')})`;
}
