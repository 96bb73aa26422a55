// SPDX-License-Identifier: MIT
// What an editor shows in a plan: the real YAML language server, over its protocol.   language_server.js PACKAGES
//
// The schema is found by the modeline of the plan itself; everything else the server might fetch is turned off.
'use strict';
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const { spawn } = require('child_process');
const { pathToFileURL } = require('url');
const { ROOT } = require('./judge.js');

const SECONDS = 60;
const folder = path.resolve(process.argv[2]);
const PLAN = fs.readFileSync(path.join(ROOT, 'plans/vm-disks.yaml'), 'utf8');
const SCHEMA = JSON.parse(fs.readFileSync(path.join(ROOT, 'schema/restore-plan.schema.json'), 'utf8'));

// JSON-RPC over stdio: Content-Length, a blank line, the message.
class Server {
    constructor() {
        const program = path.join(folder, 'node_modules/yaml-language-server/bin/yaml-language-server');
        this.process = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
        this.waiting = new Map();
        this.diagnostics = new Map();
        this.lastId = 0;
        this.input = Buffer.alloc(0);
        this.process.stdout.on('data', (bytes) => this.feed(bytes));
        this.process.on('exit', (code) => {
            this.waiting.forEach(({ reject }) => reject(new Error(`the server ended with ${code}`)));
        });
    }

    feed(bytes) {
        this.input = Buffer.concat([this.input, bytes]);
        for (;;) {
            const head = this.input.indexOf('\r\n\r\n');
            const length = head < 0 ? 0 : Number(/Content-Length: (\d+)/i.exec(this.input.subarray(0, head))[1]);
            if (head < 0 || this.input.length < head + 4 + length) {
                return;
            }
            const message = JSON.parse(this.input.subarray(head + 4, head + 4 + length).toString('utf8'));
            this.input = this.input.subarray(head + 4 + length);
            this.receive(message);
        }
    }

    receive(message) {
        if (message.method === 'textDocument/publishDiagnostics') {
            this.diagnostics.get(message.params.uri)?.(message.params.diagnostics);
        } else if (message.method !== undefined && message.id !== undefined) {
            this.send({ id: message.id, result: this.answer(message) });
        } else if (this.waiting.has(message.id)) {
            const { resolve, reject } = this.waiting.get(message.id);
            this.waiting.delete(message.id);
            message.error === undefined ? resolve(message.result) : reject(new Error(message.error.message));
        }
    }

    // What the server asks of an editor.
    answer(message) {
        const yaml = { validate: true, hover: true, completion: true, schemaStore: { enable: false },
            kubernetesCRDStore: { enable: false } };
        return message.method === 'workspace/configuration'
            ? message.params.items.map((item) => item.section === 'yaml' ? yaml : null) : null;
    }

    send(message) {
        const text = JSON.stringify({ jsonrpc: '2.0', ...message });
        this.process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    }

    request(method, params) {
        this.lastId += 1;
        const id = this.lastId;
        this.send({ id, method, params });
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }

    async start() {
        const root = pathToFileURL(ROOT).href;
        await this.request('initialize', {
            processId: process.pid, rootUri: root, workspaceFolders: [{ uri: root, name: 'plans' }],
            capabilities: { workspace: { configuration: true, workspaceFolders: true },
                textDocument: { completion: { completionItem: { documentationFormat: ['markdown', 'plaintext'] } } } },
        });
        this.send({ method: 'initialized', params: {} });
    }

    // Opens a text as plans/NAME; gives its address.  The promise is of the first diagnostics.
    open(name, text) {
        const uri = pathToFileURL(path.join(ROOT, 'plans', name)).href;
        const found = new Promise((resolve) => this.diagnostics.set(uri, resolve));
        this.send({ method: 'textDocument/didOpen',
            params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } });
        return { uri, found };
    }

    async stop() {
        await this.request('shutdown', null);
        this.send({ method: 'exit' });
    }
}

// The plan with `added` behind the line `after`, or instead of it, and the place of the mark | in it.
function edited(after, added, instead) {
    assert(PLAN.includes(after), `plans/vm-disks.yaml has no line "${after}"`);
    const marked = PLAN.replace(after, instead ? added : `${after}\n${added}`);
    const before = marked.slice(0, marked.indexOf('|')).split('\n');
    return { text: marked.replace('|', ''), position: { line: before.length - 1, character: before.pop().length } };
}

function plainText(documentation) {
    return typeof documentation === 'string' ? documentation : documentation?.value ?? '';
}

// An editor's text holds the schema's description of a record's member.
function assertDescribed(text, record, member) {
    const { description } = SCHEMA.definitions[record].properties[member];
    assert((text ?? '').includes(description), `"${text}" is not "${description}" of ${member}`);
}

async function complete(server, name, after, added, instead) {
    const { text, position } = edited(after, added, instead);
    const { uri } = server.open(name, text);
    const result = await server.request('textDocument/completion', { textDocument: { uri }, position });
    return new Map((result.items ?? result).map((item) => [item.label, plainText(item.documentation)]));
}

async function hover(server, name, line, word) {
    const { uri } = server.open(name, PLAN);
    const lines = PLAN.split('\n');
    const at = lines.findIndex((text) => text.startsWith(line));
    assert(at >= 0, `plans/vm-disks.yaml has no line "${line}"`);
    const result = await server.request('textDocument/hover',
        { textDocument: { uri }, position: { line: at, character: lines[at].indexOf(word) + 1 } });
    return plainText(result?.contents);
}

const RULE = '  recent:                 # any consistency will do for web servers';
const STEP = '    on_failure: continue';

const tests = {
    async 'a rule offers its keys with their descriptions'(server) {
        const found = await complete(server, 'rule.yaml', RULE, '    |');
        assertDescribed(found.get('consistency'), 'selection-rule', 'consistency');
        assertDescribed(found.get('tiers'), 'selection-rule', 'tiers');
        assert(found.has('pick'), 'pick is offered');
        assert(!found.has('max_age'), 'what is there is not offered again');
        assert(!found.has('kind'), 'a key of steps is not offered');
    },
    async 'a word offers its values and nothing else'(server) {
        const found = await complete(server, 'word.yaml', RULE, '    tiers: [|]');
        assert.deepStrictEqual([...found.keys()].sort(), ['archive', 'snapshot', 'vault']);
        const mode = await complete(server, 'mode.yaml', 'name: shop-disks', 'mode: |');
        assert(mode.has('drill') && mode.has('real'), 'the modes are offered');
        assert(!mode.has('null') && !mode.has('false'), 'null is not offered');
    },
    async 'a step offers the keys of all steps and of its kind'(server) {
        const found = await complete(server, 'step.yaml', STEP, '    |');
        assertDescribed(found.get('timeout'), 'step', 'timeout');
        assertDescribed(found.get('disks'), 'restore-disks-step', 'disks');
        const kind = await complete(server, 'kind.yaml', STEP, '  next:\n    kind: |');
        assert(kind.has('restore-disks'), 'the kinds are offered');
    },
    async 'a key of the kind offers its own keys'(server) {
        const found = await complete(server, 'disks.yaml', STEP, '    disks:\n      |');
        assertDescribed(found.get('luns'), 'disks', 'luns');
    },
    async 'the top level offers the sections that are not there'(server) {
        const line = /^labels: .*$/m.exec(PLAN)[0];
        const found = await complete(server, 'top.yaml', line, '|', true);
        assert(!found.has('vaults'), 'what is there is not offered again');
        assert((found.get('labels') ?? '').includes(SCHEMA.properties.labels.description), 'labels is offered');
    },
    async 'hovering shows the description'(server) {
        assertDescribed(await hover(server, 'hover.yaml', '    max_age: 2d', 'max_age'), 'selection-rule', 'max_age');
        assertDescribed(await hover(server, 'parallel.yaml', '  parallel: 20', 'parallel'), 'limits', 'parallel');
    },
    async 'an unknown key and a wrong word are marked at their place'(server) {
        const { text } = edited(RULE, '    consistancy: crash|');
        const { found } = server.open('unknown.yaml', text);
        const [problem, ...others] = await found;
        assert.match(problem?.message ?? '', /consistancy/);
        assert.strictEqual(problem.range.start.line, text.split('\n').indexOf('    consistancy: crash'));
        assert.strictEqual(others.length, 0, JSON.stringify(others));
        const word = edited(RULE, '    tiers: valt|').text;
        const [wrong] = await server.open('wrong.yaml', word).found;
        assert.match(wrong?.message ?? '', /snapshot/);
    },
    async 'a good plan has no problem'(server) {
        assert.deepStrictEqual(await server.open('vm-disks.yaml', PLAN).found, []);
    },
};

async function main() {
    const server = new Server();
    const tooLong = setTimeout(() => {
        console.log(`no end after ${SECONDS} s`);
        server.process.kill();
        process.exit(1);
    }, SECONDS * 1000);
    let failed = 0;
    await server.start();
    for (const [name, test] of Object.entries(tests)) {
        try {
            await test(server);
            console.log(`ok      ${name}`);
        } catch (error) {
            failed += 1;
            console.log(`failed  ${name}: ${error.message}`);
        }
    }
    await server.stop();
    clearTimeout(tooLong);
    process.exitCode = failed > 0 ? 1 : 0;
}

main().catch((error) => {
    console.log(error.stack);
    process.exit(1);
});
