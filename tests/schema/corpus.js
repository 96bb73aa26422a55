// SPDX-License-Identifier: MIT
// Does ajv agree with restorectl on every file of the corpus?   corpus.js [--bless] PACKAGES
//
// Good files (plans, examples, golden cases that do not end with 65) must be accepted.  Bad plans (the cases of
// `validate` that end with 65) must be refused, but for those in semantic.txt, whose mistake no schema can see: these
// must be accepted.  A bad plan in neither class fails, and so does a line of semantic.txt without its case.  --bless
// writes semantic.txt anew; what it gains is to be reviewed: can the schema not know it?
'use strict';
const fs = require('fs');
const path = require('path');
const { ROOT, reader, judge, exitCode, cases, shipped, relative } = require('./judge.js');

const SEMANTIC = path.join(__dirname, 'semantic.txt');
const HEAD = `# Bad plans of tests/cli/validate whose mistake a schema cannot see, each with the first thing restorectl says.
# corpus.js --bless writes this file.
`;

const bless = process.argv[2] === '--bless';
const folder = process.argv[bless ? 3 : 2];
const read = reader(folder);
const problems = [];
let good = 0;
let refused = 0;

// null, or why the file is refused: by the parser or by the schema.
function refusal(file, accepts) {
    let data;
    try {
        data = read(fs.readFileSync(file, 'utf8'));
    } catch (error) {
        return `no YAML: ${error.message.split('\n')[0]}`;
    }
    return accepts(data);
}

function expectGood(files, accepts) {
    for (const file of files) {
        const why = refusal(file, accepts);
        good += 1;
        if (why !== null) {
            problems.push(`${relative(file)}: restorectl accepts it, the schema does not: ${why}`);
        }
    }
}

function isGood(file) {
    return exitCode(path.dirname(file)) !== 65;
}

function readSemantic() {
    const lines = fs.readFileSync(SEMANTIC, 'utf8').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Set(lines.map((line) => line.split(/\s/)[0]));
}

// "there is no vault 'main'", of the case's golden err.
function firstMessage(file) {
    const match = /error: (.*)/.exec(fs.readFileSync(path.join(path.dirname(file), 'err'), 'utf8'));
    return match === null ? '' : match[1];
}

const acceptsPlan = judge(folder, 'restore-plan.schema.json');
const acceptsWorld = judge(folder, 'world.schema.json');
const validateCases = path.join(ROOT, 'tests/cli/validate') + path.sep;
const plans = cases('plan.yaml');
const bad = plans.filter((file) => file.startsWith(validateCases) && !isGood(file));

expectGood([...shipped(), ...plans.filter(isGood)], acceptsPlan);
expectGood(cases('world.yaml').filter(isGood), acceptsWorld);

const semantic = bless ? new Set() : readSemantic();
const accepted = [];
for (const file of bad) {
    const name = path.basename(path.dirname(file));
    const why = refusal(file, acceptsPlan);
    if (why === null) {
        accepted.push(`${name.padEnd(32)} ${firstMessage(file)}\n`);
    } else {
        refused += 1;
    }
    if (!bless && why === null && !semantic.has(name)) {
        problems.push(`${relative(file)}: restorectl refuses it, the schema accepts it: ${firstMessage(file)}\n` +
            '    should the schema know?  If it cannot: corpus.js --bless');
    }
    if (why !== null && semantic.has(name)) {
        problems.push(`${relative(file)}: semantic.txt says the schema accepts it, but: ${why}`);
    }
    semantic.delete(name);
}
for (const name of semantic) {
    problems.push(`tests/schema/semantic.txt: there is no bad plan tests/cli/validate/${name}`);
}
if (bless) {
    fs.writeFileSync(SEMANTIC, HEAD + accepted.join(''));
}
if (good === 0 || refused === 0) {
    problems.push('the corpus is empty');
}
problems.forEach((problem) => console.log(problem));
console.log(`${good} good files; ${bad.length} bad plans, ${refused} of them refused by the schema`);
process.exitCode = problems.length > 0 ? 1 : 0;
