import { answerFormat } from './answer-format.js';

describe('answerFormat', () => {
  it.each([
    [undefined, 'json'],
    ['', 'json'],
    ['*/*', 'json'],
    ['application/x-ndjson', 'ndjson'],
    ['application/X-NDJSON; charset=utf-8', 'ndjson'],
    ['application/json, application/x-ndjson;q=0.9', 'json'],
    ['application/json;q=0.5, application/x-ndjson', 'ndjson'],
    ['application/x-ndjson, application/json', 'ndjson'],
    ['application/json, application/x-ndjson', 'json'],
    ['application/x-ndjson, */*', 'ndjson'],
    ['application/x-ndjson;q=0, */*', 'json'],
    ['application/json;q=0, */*', 'ndjson'],
    ['text/*', 'csv'],
    ['text/csv;q=0.2, */*;q=0.1', 'csv'],
    ['application/vnd.apache.parquet', 'parquet'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
  ])('chooses for %p', (accept, format) => {
    expect(answerFormat(accept)).toBe(format);
  });

  it('takes the format that the query names, whatever is accepted', () => {
    expect(answerFormat('text/html', 'parquet')).toBe('parquet');
  });

  it.each(['text/html', 'x', 'text/csv;q=0', '*/*;q=0'])('refuses %p and names what there is', (accept) => {
    expect(() => answerFormat(accept)).toThrow(/application\/json.*text\/csv.*format=/);
  });
});
