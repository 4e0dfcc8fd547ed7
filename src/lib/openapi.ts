// Pieces of OpenAPI 3.1 (and of JSON Schema, which it speaks) that each feature describes its addresses with.

export const string = { type: 'string' };
export const strings = { type: 'array', items: string };
export const boolean = { type: 'boolean' };
export const count = { type: 'integer', minimum: 0 };
export const time = { type: 'string', format: 'date-time' };
export const problem = { $ref: '#/components/responses/Problem' };

export const list = (items: object) => ({ type: 'array', items });
export const json = (schema: object) => ({ content: { 'application/json': { schema } } });
export const object = (properties: object, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});

/** What a token must carry. */
export const may = (scope: string) => [{ oauth: [scope] }];
export const body = (schema: object) => ({ requestBody: { required: true, ...json(schema) } });
export const inPath = (...names: readonly string[]) =>
  names.map((name) => ({ name, in: 'path', required: true, schema: string }));
export const inQuery = (name: string, schema: object, description?: string) => ({
  name,
  in: 'query',
  schema,
  ...(description !== undefined && { description }),
});
