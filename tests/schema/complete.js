// SPDX-License-Identifier: MIT
// Does every member in the schemas tell people what it is for and what may be written?
//
// Each has a description; each that is not a record, true or false, or one of a few words has a default or an example.
// Each default and example is accepted by the member itself, says ajv.   complete.js PACKAGES
'use strict';
const fs = require('fs');
const path = require('path');
const { ROOT, packages } = require('./judge.js');

const SHARED = new Set(['nothing', 'scalar', 'duration', 'time', 'reference'].map((name) => `#/definitions/${name}`));
const problems = [];
let count = 0;

// Speaks for itself: a record or a map of records, true or false, words.
function isPlain(form) {
    return form.type === 'object' || form.type === 'boolean' || form.enum !== undefined ||
        (form.$ref !== undefined && !SHARED.has(form.$ref)) ||
        (form.items !== undefined && isPlain(form.items));
}

function checkMember(place, member, ajv) {
    count += 1;
    const samples = [...(member.examples ?? []), ...('default' in member ? [member.default] : [])];
    if (!/\S/.test(member.description ?? '')) {
        problems.push(`${place} has no description`);
    }
    if (samples.length === 0 && !member.anyOf.some(isPlain)) {
        problems.push(`${place} has neither default nor example`);
    }
    for (const sample of samples) {
        if (!ajv.validate({ $ref: place }, sample)) {
            problems.push(`${place} does not accept its own ${JSON.stringify(sample)}: ${ajv.errorsText()}`);
        }
    }
}

const Ajv = packages(process.argv[2])('ajv');
for (const file of ['restore-plan.schema.json', 'world.schema.json']) {
    const schema = JSON.parse(fs.readFileSync(path.join(ROOT, 'schema', file), 'utf8'));
    const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
    ajv.addSchema(schema);
    const records = Object.entries(schema.definitions).map(([name, one]) => [`/definitions/${name}`, one]);
    records.unshift(['', schema]);
    for (const [at, record] of records) {
        Object.entries(record.properties ?? {}).filter(([, member]) => member !== true)
            .forEach(([name, member]) => checkMember(`${schema.$id}#${at}/properties/${name}`, member, ajv));
    }
}
problems.forEach((problem) => console.log(problem));
console.log(`${count} members`);
process.exitCode = problems.length > 0 || count === 0 ? 1 : 0;
