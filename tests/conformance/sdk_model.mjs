// Prints the service model inside the AWS SDK for JavaScript in the form of botocore's:
// {"operations": {name: {"input": {"shape": name}}}, "shapes": {name: {"type": …}}}. It is newer than
// the one in Debian's botocore, but says nothing of constraints and enumerations.
//
//   node tests/conformance/sdk_model.mjs [node_modules]
import { readFileSync } from "node:fs";

const modules = process.argv[2] ?? new URL("../node/node_modules", import.meta.url).pathname;
const file = `${modules}/@aws-sdk/client-dynamodb/dist-es/schemas/schemas_0.js`;

// The SDK keeps its schemas to itself: constant arrays, behind imports that only errors need.
const source = readFileSync(file, "utf8")
  .replace(/^import .*$/gm, "")
  .replace(/^TypeRegistry.*$/gm, "")
  .replace(/^.*__DynamoDBServiceException.*$/gm, "")
  .replace(/^export var/gm, "var");
const operationNames = [...source.matchAll(/^var (\w+) = \[\s*9,/gm)].map((match) => match[1]);
const operations = new Function(`${source}; return [${operationNames.join(", ")}];`)();

const [LIST, MAP, STRUCTURE] = [1, 2, 3];
const SCALARS = { 0: "string", 1: "integer", 2: "boolean", 4: "timestamp", 21: "blob" };
const [LIST_OF, MAP_OF] = [64, 128];

const shapes = {};

function nameOf(schema) {
  if (typeof schema === "function") return nameOf(schema());
  if (typeof schema === "number") return nameOfNumber(schema);
  if (schema.length === 2) return nameOf(schema[0]); // with traits
  const [kind, , name] = schema;
  if (shapes[name]) return name;
  if (kind === LIST) {
    shapes[name] = { type: "list" };
    shapes[name].member = { shape: nameOf(schema[4]) };
  } else if (kind === MAP) {
    shapes[name] = { type: "map" };
    shapes[name].value = { shape: nameOf(schema[5]) };
  } else if (kind === STRUCTURE) {
    shapes[name] = { type: "structure", members: {} };
    schema[4].forEach((member, i) => {
      shapes[name].members[member] = { shape: nameOf(schema[5][i]) };
    });
  } else {
    throw new Error(`a schema of kind ${kind}: ${name}`);
  }
  return name;
}

function nameOfNumber(number) {
  const inner = number & ~(LIST_OF | MAP_OF);
  if (!(inner in SCALARS)) throw new Error(`a schema of number ${number}`);
  if (number & LIST_OF) {
    shapes[`list of ${inner}`] = { type: "list", member: { shape: nameOfNumber(inner) } };
    return `list of ${inner}`;
  }
  if (number & MAP_OF) {
    shapes[`map of ${inner}`] = { type: "map", value: { shape: nameOfNumber(inner) } };
    return `map of ${inner}`;
  }
  shapes[SCALARS[inner]] = { type: SCALARS[inner] };
  return SCALARS[inner];
}

const model = { operations: {}, shapes };
for (const [, , name, , input] of operations) {
  model.operations[name] = { input: { shape: nameOf(input) } };
}
console.log(JSON.stringify(model));
