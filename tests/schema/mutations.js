// SPDX-License-Identifier: MIT
// Breaks the good plans at random and asks both judges.   mutations.js PACKAGES PROGRAM [COUNT [SEED]]
//
// restorectl must end with 0 or 65, whatever it reads, and must not accept what the schema refuses.  Half of the
// mutations break the text, half the tree (so that what comes out is YAML and the schema has its say).
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { packages, reader, judge, exitCode, cases, shipped, relative } = require('./judge.js');

const [folder, program] = process.argv.slice(2, 4).map((name) => path.resolve(name));
const COUNT = Number(process.argv[4] ?? 2000);
const SEED = Number(process.argv[5] ?? 1);
const BATCH = 50;
const yaml = packages(folder)('yaml');
const read = reader(folder);
const accepts = judge(folder, 'restore-plan.schema.json');

// mulberry32: the same seed, the same mutations.
let state = SEED;
function random(below) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
}

function pick(list) {
    return list[random(list.length)];
}

// ------------------------------------------------------------------ of the text

const FRAGMENTS = ['{', '}', '[', ']', ':', ': ', '- ', '#', '"', "'", '&a ', '*a', '!!str ', '|', '>', '%', '---\n',
    '\t', ' ', '  ', '\n', '~', 'null', 'true', '0', '-1', '1e9', '${', '${var.lab}', '$${', '\\', 'é', '\u0000',
    '\u2028', '<<: '];

const textMutations = [
    (text) => { // a line goes
        const lines = text.split('\n');
        lines.splice(random(lines.length), 1);
        return lines.join('\n');
    },
    (text) => { // a line comes twice, somewhere
        const lines = text.split('\n');
        lines.splice(random(lines.length), 0, pick(lines));
        return lines.join('\n');
    },
    (text) => { // a line moves sideways
        const lines = text.split('\n');
        const at = random(lines.length);
        lines[at] = random(2) === 0 ? `  ${lines[at]}` : lines[at].replace(/^ {2}/, '');
        return lines.join('\n');
    },
    (text) => { // something is put in
        const at = random(text.length);
        return text.slice(0, at) + pick(FRAGMENTS) + text.slice(at);
    },
    (text) => { // some characters go
        const at = random(text.length);
        return text.slice(0, at) + text.slice(at + 1 + random(4));
    },
    (text) => { // two neighbours change places
        const at = random(text.length - 1);
        return text.slice(0, at) + text[at + 1] + text[at] + text.slice(at + 2);
    },
    (text) => text.slice(0, random(text.length)), // it is cut off
];

// ------------------------------------------------------------------ of the tree

const VALUES = [null, true, false, 0, 1, -1, 7, 1.5, 1e20, '', ' ', 'x', 'true', '7', '36h', '0s', 'PT4H', 'P', '5m1h',
    '2026-11-01T02:00:00Z', '2026-11-01', 'latest', 'snapshot', 'stop', 'restore-disks', '${var.lab}', 'a${var.lab}b',
    '$${x}', '/subscriptions/x', 'ü', [], [[]], [null], ['x'], [1, 2], ['snapshot'], ['${var.lab}'], {}, { x: 1 },
    { kind: 'restore-disks' }, { vm: 'db01' }];
const KEYS = ['x', 'version', 'name', 'kind', 'items', 'disks', 'luns', 'os_only', 'vault', 'vm', 'tiers', 'timeout',
    'retry', 'attempts', 'backoff', 'interval', 'default', 'a b', '', 'ü', 'true', '1', 'x'.repeat(65)];

// Every map and list of the tree.
function containers(tree, found = []) {
    if (tree !== null && typeof tree === 'object') {
        found.push(tree);
        Object.values(tree).forEach((value) => containers(value, found));
    }
    return found;
}

function set(container, key, value) {
    Array.isArray(container) ? container.splice(random(container.length + 1), 0, value) : container[key] = value;
}

const treeMutations = [
    (container, key) => Array.isArray(container) ? container.splice(Number(key), 1) : delete container[key],
    (container, key) => { container[key] = structuredClone(pick(VALUES)); },
    (container, key) => { container[key] = structuredClone(pick(VALUES)); },
    (container, key) => { container[key] = [container[key]]; },
    (container) => set(container, pick(KEYS), structuredClone(pick(VALUES))),
    (container, key, tree) => set(container, key, structuredClone(pick(containers(tree)))),
    (container, key) => { // a key is called otherwise
        const value = container[key];
        treeMutations[0](container, key);
        set(container, pick(KEYS), value);
    },
];

function mutateTree(text) {
    const tree = read(text);
    for (let i = random(3); i >= 0; i--) {
        const container = pick(containers(tree).filter((one) => Object.keys(one).length > 0).concat([tree]));
        const keys = Object.keys(container);
        if (keys.length > 0) {
            pick(treeMutations)(container, pick(keys), tree);
        }
    }
    return yaml.stringify(tree, { aliasDuplicateObjects: false, lineWidth: 0 });
}

function mutateText(text) {
    let broken = text;
    for (let i = random(3); i >= 0 && broken.length > 1; i--) {
        broken = pick(textMutations)(broken);
    }
    return broken;
}

// ------------------------------------------------------------------ the two judges

// "accepted", "refused" or "no YAML", by the schema.
function bySchema(text) {
    try {
        const why = accepts(read(text));
        return why === null ? { verdict: 'accepted' } : { verdict: 'refused', why };
    } catch (error) {
        return { verdict: 'no YAML', why: error.message.split('\n')[0] };
    }
}

// The names that restorectl accepts; throws if it ends as it must not.
function byProgram(names, where) {
    const run = spawnSync(program, ['validate', ...names], { cwd: where, encoding: 'utf8', maxBuffer: 1 << 28,
        timeout: 60000, env: { LC_ALL: 'C.UTF-8' } });
    if (run.status !== 0 && run.status !== 65) {
        throw new Error(`restorectl ends with ${run.status ?? run.signal}:\n${run.stderr.slice(-4000)}`);
    }
    const valid = new Set(run.stdout.split('\n').map((line) => /^(m\d+\.yaml): plan '/.exec(line)?.[1]));
    return names.filter((name) => valid.has(name));
}

// The one of a batch that ends restorectl as it must not.
function guilty(names, where) {
    return names.filter((name) => {
        try {
            byProgram([name], where);
            return false;
        } catch {
            return true;
        }
    });
}

function main() {
    const good = [...shipped(), ...cases('plan.yaml').filter((file) => exitCode(path.dirname(file)) !== 65)];
    const texts = [...new Set(good.map((file) => fs.readFileSync(file, 'utf8')))];
    const where = fs.mkdtempSync(path.join(os.tmpdir(), 'mutations-'));
    const files = [];
    const count = { accepted: 0, refused: 0, 'no YAML': 0, both: 0, lenient: 0 };
    const problems = [];
    for (let i = 0; i < COUNT; i++) {
        const name = `m${String(i).padStart(6, '0')}.yaml`;
        const text = i % 2 === 0 ? mutateTree(pick(texts)) : mutateText(pick(texts));
        fs.writeFileSync(path.join(where, name), text);
        const { verdict, why } = bySchema(text);
        count[verdict] += 1;
        files.push({ name, verdict, why });
    }
    for (let i = 0; i < files.length; i += BATCH) {
        const batch = files.slice(i, i + BATCH);
        const names = batch.map((file) => file.name);
        try {
            const valid = new Set(byProgram(names, where));
            count.both += batch.filter((file) => valid.has(file.name) && file.verdict === 'accepted').length;
            // libyaml lets a flow collection end further left than YAML allows: no matter of the schema.
            count.lenient += batch.filter((file) => valid.has(file.name) && file.verdict === 'no YAML').length;
            batch.filter((file) => valid.has(file.name) && file.verdict === 'refused').forEach(({ name, why }) =>
                problems.push(`${where}/${name}: restorectl accepts it, the schema says ${why}`));
        } catch (error) {
            problems.push(`${guilty(names, where).map((name) => `${where}/${name}`).join(' ')}: ${error.message}`);
        }
    }
    problems.forEach((problem) => console.log(problem));
    console.log(`${COUNT} mutations of ${texts.length} plans, seed ${SEED}: the schema accepts ${count.accepted} and ` +
        `refuses ${count.refused}, ${count['no YAML']} are no YAML; restorectl accepts ${count.both} of those ` +
        `accepted and ${count.lenient} of the last`);
    // Each judge must have had its say, or the test tests nothing.
    const idle = count.refused < COUNT / 10 || count.accepted < COUNT / 10 || count.both < COUNT / 20;
    if (problems.length === 0) {
        fs.rmSync(where, { recursive: true });
    }
    process.exitCode = problems.length > 0 || idle ? 1 : 0;
}

main();
