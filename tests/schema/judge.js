// SPDX-License-Identifier: MIT
// Judges files by the schemas with programs that are none of ours: ajv (draft-07) and yaml (YAML 1.2, core schema).
'use strict';
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const ROOT = path.resolve(__dirname, '../..');

// The packages of tests/schema/package.json, where install.sh put them.
function packages(folder) {
    return createRequire(path.join(path.resolve(folder), 'package.json'));
}

// YAML text as plain data; throws what the parser has to say.
function reader(folder) {
    const yaml = packages(folder)('yaml');
    return (text) => {
        const document = yaml.parseDocument(text, { version: '1.2', schema: 'core', merge: true, prettyErrors: true });
        if (document.errors.length > 0) {
            throw document.errors[0];
        }
        return document.toJS({ maxAliasCount: 1000 });
    };
}

// A function from data to null, or to what is wrong with it.
function judge(folder, file) {
    const Ajv = packages(folder)('ajv');
    // A text field takes .inf and .nan as texts; the parser has made numbers of them.
    const ajv = new Ajv({ strict: true, strictTypes: false, strictNumbers: false, strictRequired: false });
    const accepts = ajv.compile(JSON.parse(fs.readFileSync(path.join(ROOT, 'schema', file), 'utf8')));
    return (data) => accepts(data) ? null : ajv.errorsText(accepts.errors, { dataVar: 'file' });
}

// restorectl's exit code in a golden case's folder.
function exitCode(folder) {
    const file = path.join(folder, 'code');
    return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : 0;
}

// Every tests/cli/*/*/NAME.
function cases(name) {
    const top = path.join(ROOT, 'tests/cli');
    return fs.readdirSync(top).filter((command) => fs.statSync(path.join(top, command)).isDirectory())
        .flatMap((command) => fs.readdirSync(path.join(top, command)).map((one) => path.join(top, command, one, name)))
        .filter((file) => fs.existsSync(file)).sort();
}

// The plans and examples that users are shown; fixtures of `restorectl test` are no plans.
function shipped() {
    return ['plans', 'examples'].flatMap((folder) => fs.readdirSync(path.join(ROOT, folder))
        .filter((name) => name.endsWith('.yaml') && !name.endsWith('_test.yaml')).sort()
        .map((name) => path.join(ROOT, folder, name)));
}

function relative(file) {
    return path.relative(ROOT, file);
}

module.exports = { ROOT, packages, reader, judge, exitCode, cases, shipped, relative };
