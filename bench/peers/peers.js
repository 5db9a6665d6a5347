// node-edifact (npm: edifact) and ts-edifact on a file: `node peers.js speed|shape FILE`. Both collect every segment with its elements and
// components; neither has a check of the envelope to switch on, so none is timed.
'use strict';

const fs = require('fs');

const peers = {
  'node-edifact 1.2.12': collect => {
    const Parser = require('edifact/parser.js');
    const Validator = require('edifact/validator.js');
    const parser = new Parser(new Validator());
    parser.onopensegment = collect.open;
    parser.onelement = collect.element;
    parser.oncomponent = collect.component;
    return parser;
  },
  'ts-edifact 0.0.14': collect => {
    // Its index needs packages that it does not declare; the parts for reading do not.
    const { Configuration } = require('ts-edifact/lib/configuration.js');
    const { Parser } = require('ts-edifact/lib/parser.js');
    const { NullValidator } = require('ts-edifact/lib/validator.js');
    const parser = new Parser(new Configuration({ validator: new NullValidator() }));
    parser.onOpenSegment = collect.open;
    parser.onElement = collect.element;
    parser.onComponent = collect.component;
    return parser;
  },
};

function parse(make, text, setUp) {
  const segments = [];
  let elements;
  let components;
  const parser = make({
    open: name => segments.push({ name, elements: (elements = []) }),
    element: () => elements.push((components = [])),
    component: value => components.push(value),
  });
  setUp(parser);
  parser.write(text);
  parser.end();
  return segments;
}

const [what, file] = process.argv.slice(2);
const bytes = fs.readFileSync(file);
const text = bytes.toString('latin1');
// Both start with the repertoire of UNOA and are told the declared one by their reader, as here.
const declared = (/UNB.(UNO[A-Z])/.exec(text) || [])[1] || 'UNOC';
const setUp = parser => (parser.encoding || parser.updateCharset).call(parser, /[a-z]/.test(text) ? 'UNOC' : declared);
const shapes = {};
for (const [name, make] of Object.entries(peers)) {
  if (what === 'speed') {
    let best = Infinity;
    const begin = process.hrtime.bigint();
    do {
      const one = process.hrtime.bigint();
      parse(make, bytes.toString('latin1'), setUp);
      best = Math.min(best, Number(process.hrtime.bigint() - one) / 1e9);
    } while (process.hrtime.bigint() - begin < 3_000_000_000n);
    console.log(`${name}: collect\t${(bytes.length / best / 1e6).toFixed(2)}`);
    continue;
  }
  try {
    const segments = parse(make, text, setUp);
    shapes[name] = { segments: segments.map(s => [s.name, ...s.elements.slice(0, 2).map(e => e[0] || '')]) };
  } catch (error) {
    shapes[name] = { refused: String(error.message || error) };
  }
}
if (what === 'shape') console.log(JSON.stringify(shapes));
