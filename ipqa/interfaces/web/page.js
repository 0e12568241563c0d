/* What the page does without the server: links between the tabs, copying, searching the text, exports.
   Everything is found by data attributes, so that replies that come later need no wiring. */
(() => {
    "use strict";
    document.documentElement.lang = "zh-CN";
    const base = "__BASE__";
    const one = (selector, within = document) => within.querySelector(selector);
    const all = (selector, within = document) => [...within.querySelectorAll(selector)];
    const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

    // Gradio takes every Enter for a submit, also the one that picks a word in a Chinese input method.
    for (const type of ["keydown", "keypress"]) document.addEventListener(type, event => {
        if (event.key === "Enter" && event.isComposing) event.stopImmediatePropagation();
    }, true);

    function waitFor(selector, then, tries = 200) {
        const found = one(selector);
        if (found) then(found);
        else if (tries) setTimeout(() => waitFor(selector, then, tries - 1), 50);
    }

    function type(box, text) {  // as if somebody typed: Svelte listens to the event
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set.call(box, text);
        box.dispatchEvent(new Event("input", {bubbles: true}));
    }

    function say(message) {
        let box = one("#ipqa-said-briefly");
        if (!box) {
            box = document.createElement("div");
            box.id = "ipqa-said-briefly";
            box.setAttribute("role", "status");
            document.body.append(box);
        }
        box.textContent = message;
        box.classList.add("ipqa-shown");
        clearTimeout(say.timer);
        say.timer = setTimeout(() => box.classList.remove("ipqa-shown"), 2500);
    }

    /* Tabs and places */
    const tabButton = name => one(`#ipqa-tab-${name}-button`);
    const currentTab = () => ["chat", "tasks", "indicators", "guide", "text"]
        .find(name => tabButton(name)?.getAttribute("aria-selected") === "true") || "chat";
    function openTab(name) {
        const button = tabButton(name);
        if (button && button.getAttribute("aria-selected") !== "true") button.click();
    }

    function reveal(element) {
        element.scrollIntoView({block: "start", behavior: reduced() ? "auto" : "smooth"});
        element.focus({preventScroll: true});
    }

    // A tab is put on the page when it is first opened.
    function openText(then) {
        openTab("text");
        waitFor("#ipqa-text .ipqa-document", then);
    }

    let wanted = "";
    function showClause(id = wanted) {
        openText(() => {
            const target = one(`#ipqa-text [data-clause="${CSS.escape(id)}"]`);
            if (!target) return;
            all("#ipqa-text .ipqa-wanted").forEach(old => old.classList.remove("ipqa-wanted"));
            target.classList.add("ipqa-wanted");
            requestAnimationFrame(() => requestAnimationFrame(() => {  // the tab has to be laid out first
                target.scrollIntoView({block: "center"});
                target.focus({preventScroll: true});
            }));
        });
    }

    function openClause(id, remember = true) {
        if (remember) {
            history.replaceState({tab: currentTab(), scroll: scrollY}, "");
            history.pushState({clause: id}, "", `?clause=${encodeURIComponent(id)}`);
            document.body.classList.add("ipqa-came-from");
        }
        openText(() => {
            if (one(`#ipqa-text [data-clause="${CSS.escape(id)}"]`)) showClause(id);
            else {  // in another document: the server has to bring it
                wanted = id;
                document.dispatchEvent(new CustomEvent("ipqa:clause", {detail: {clause: id}}));
            }
        });
    }

    document.addEventListener("keydown", event => {
        const came = document.body.classList.contains("ipqa-came-from");
        if (event.key === "Escape" && came && !event.target.matches("input, textarea")) history.back();
    });

    addEventListener("popstate", event => {
        const state = event.state || {};
        document.body.classList.toggle("ipqa-came-from", Boolean(state.clause));
        if (state.clause) return openClause(state.clause, false);
        openTab(state.tab || "chat");
        setTimeout(() => scrollTo(0, state.scroll || 0), 60);
    });

    /* Asking */
    function ask(question) {
        openTab("chat");
        waitFor("#ipqa-input textarea", box => {
            type(box, question);
            setTimeout(() => one("#ipqa-input .submit-button")?.click(), 0);
        });
    }

    function showReply() {
        setTimeout(() => {
            // Gradio names a message by its whole markup, which nobody wants read out.
            all('#ipqa-talk [data-testid="bot"]').forEach(bot => bot.setAttribute("aria-label", "回答"));
            all('#ipqa-talk [data-testid="user"]').forEach(user => user.setAttribute("aria-label", "问题"));
            const rows = all("#ipqa-talk .message-row");
            if (rows.length) rows[rows.length - 1].scrollIntoView({block: "start"});
            const exports = one(".ipqa-foot .ipqa-exports");
            if (exports) exports.hidden = !one("#ipqa-talk .ipqa-answer");
            countPicked();
        }, 50);
    }

    function showList() {
        const head = one("#ipqa-list .ipqa-list-head");
        if (head) head.scrollIntoView({block: "start", behavior: reduced() ? "auto" : "smooth"});
    }

    /* Copying; navigator.clipboard is missing where the page comes over plain http from another machine */
    async function copy(text, told) {
        try {
            await navigator.clipboard.writeText(text);
        } catch {
            const box = document.createElement("textarea");
            box.value = text;
            box.style.cssText = "position:fixed;opacity:0";
            document.body.append(box);
            box.select();
            const done = document.execCommand("copy");
            box.remove();
            if (!done) return say("浏览器不允许复制,请选中文字后复制");
        }
        say(told);
    }

    /* Exports of the conversation: the server answers the questions again, so nothing can be slipped in */
    const answers = () => all("#ipqa-talk .ipqa-answer");
    function countPicked() {
        const picked = all("#ipqa-talk .ipqa-pick:checked").length;
        const told = one("[data-picked]");
        if (told) told.textContent = picked ? `选中的 ${picked} 条` : "全部问答";
    }

    async function exportAnswers(address) {
        const some = Boolean(one("#ipqa-talk .ipqa-pick:checked"));
        const turns = answers().map(answer => ({
            question: answer.dataset.question,
            unit: answer.dataset.unit || null,
            section: answer.dataset.section || null,
            doc: answer.dataset.doc || null,
            selected: !some || Boolean(one(".ipqa-pick:checked", answer)),
        }));
        const reply = await fetch(address, {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify({turns}),
        });
        if (!reply.ok) return say((await reply.json().catch(() => ({}))).detail || "导出没有成功,请再试一次");
        const link = document.createElement("a");
        link.href = URL.createObjectURL(await reply.blob());
        const named = /filename\*=UTF-8''([^;]+)/.exec(reply.headers.get("Content-Disposition") || "");
        link.download = named ? decodeURIComponent(named[1]) : address.split("/").pop();
        link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
        say("已导出");
    }

    /* Votes */
    async function vote(answer, helpful, reason = "", comment = "") {
        const reply = await fetch(`${base}/feedback`, {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify({
                question: answer.dataset.question,
                resolved_question: answer.dataset.resolved,
                status: answer.dataset.status,
                clause_ids: answer.dataset.clauses.split(" ").filter(Boolean),
                helpful, reason, comment,
            }),
        });
        const thanks = one(".ipqa-thanks", answer);
        if (!reply.ok) {
            thanks.textContent = "没有记下,请再试一次";
            return;
        }
        thanks.textContent = "已记下,谢谢";
        all("[data-vote]", answer).forEach(button => { button.disabled = true; });
        one(".ipqa-why", answer).hidden = true;
    }

    /* Finding words in the full text: every match in a <mark>, within single text nodes */
    const find = {at: -1};
    function clearFound() {
        for (const mark of all("#ipqa-text mark.ipqa-hit")) {
            const parent = mark.parentNode;
            mark.replaceWith(...mark.childNodes);
            parent.normalize();
        }
        find.at = -1;
    }

    function findWord(word) {
        clearFound();
        const told = one("[data-found]");
        word = word.trim();
        if (!word) { told.textContent = ""; return; }
        const walker = document.createTreeWalker(one("#ipqa-text .ipqa-body"), NodeFilter.SHOW_TEXT, node =>
            node.parentElement.closest(".ipqa-added") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
        const nodes = [];
        while (walker.nextNode()) nodes.push(walker.currentNode);
        const wanted = word.toLowerCase();
        for (let node of nodes) {
            for (let at; (at = node.data.toLowerCase().indexOf(wanted)) >= 0;) {
                const hit = node.splitText(at);
                node = hit.splitText(word.length);
                const mark = document.createElement("mark");
                mark.className = "ipqa-hit";
                hit.replaceWith(mark);
                mark.append(hit);
            }
        }
        const count = all("#ipqa-text mark.ipqa-hit").length;
        told.textContent = count ? `${count} 处` : "没有找到";
        if (count) stepTo(1);
    }

    function stepTo(step) {
        const hits = all("#ipqa-text mark.ipqa-hit");
        if (!hits.length) return;
        hits[find.at]?.classList.remove("ipqa-at");
        find.at = (find.at + step + hits.length) % hits.length;
        hits[find.at].classList.add("ipqa-at");
        hits[find.at].scrollIntoView({block: "center"});
        one("[data-found]").textContent = `第 ${find.at + 1} 处,共 ${hits.length} 处`;
    }

    function findTopic(words) {
        const wanted = words.trim().split(/\s+/).filter(Boolean);
        let left = 0;
        for (const item of all(".ipqa-topics > li")) {
            const section = one(`#topic-${one("a", item).dataset.topic}`);
            const fits = wanted.every(word => section.textContent.includes(word));
            item.hidden = !fits;
            section.hidden = !fits;
            left += fits;
        }
        one(".ipqa-guide .ipqa-none").hidden = left > 0;
    }

    /* One listener for all: what was clicked tells by its attributes what to do */
    const does = {
        "[data-ask]": element => ask(element.dataset.ask),
        "[data-copy]": element => copy(element.dataset.copy, "已复制,附出处"),
        "[data-share]": element => {
            const answer = element.closest(".ipqa-answer");
            copy(`${location.origin}${location.pathname}?q=${encodeURIComponent(answer.dataset.question)}`, "已复制链接");
        },
        "[data-cite]": element => {
            const card = one(`[data-number="${element.dataset.cite}"]`, element.closest(".ipqa-answer"));
            card.closest("details")?.setAttribute("open", "");
            reveal(card);
        },
        "a.ipqa-open": element => openClause(element.dataset.clause),
        "[data-jump]": element => {
            const label = element.dataset.label;
            const clause = one(`#ipqa-text [data-clause="${CSS.escape(element.dataset.jump)}"]`);
            const headings = all("#ipqa-text .ipqa-heading").filter(h => h.dataset.heading === label);
            const before = headings.filter(h => h.compareDocumentPosition(clause) & Node.DOCUMENT_POSITION_FOLLOWING);
            reveal(before.pop() || clause);
            if (innerWidth < 900) element.closest("details").open = false;
        },
        "[data-topic]": element => reveal(one(`#topic-${element.dataset.topic}`)),
        "[data-step]": element => stepTo(Number(element.dataset.step)),
        "[data-export]": element => exportAnswers(element.dataset.export),
        "[data-back]": () => history.back(),
        "[data-vote]": element => {
            const answer = element.closest(".ipqa-answer");
            if (element.dataset.vote === "1") return vote(answer, true);
            const why = one(".ipqa-why", answer);
            why.hidden = !why.hidden;
            element.setAttribute("aria-expanded", String(!why.hidden));
        },
    };
    document.addEventListener("click", event => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;  // a new window, say
        for (const [selector, action] of Object.entries(does)) {
            const element = event.target.closest?.(selector);
            if (!element) continue;
            event.preventDefault();
            action(element);
            return;
        }
    });
    document.addEventListener("input", event => {
        const box = event.target;
        if (box.matches("[data-find]")) { clearTimeout(find.timer); find.timer = setTimeout(() => findWord(box.value), 200); }
        if (box.matches("[data-find-topic]")) findTopic(box.value);
        if (box.matches(".ipqa-pick")) countPicked();
    });
    document.addEventListener("submit", event => {
        const form = event.target;
        if (form.matches(".ipqa-search")) { event.preventDefault(); stepTo(1); }
        if (form.matches(".ipqa-why")) {
            event.preventDefault();
            const told = new FormData(form);
            vote(form.closest(".ipqa-answer"), false, told.get("reason") || "other", told.get("comment") || "");
        }
    });

    /* Links: ?q=… asks, ?clause=… opens the full text, ?tab=… a tab */
    function begin() {
        const given = new URLSearchParams(location.search);
        if (given.get("clause")) openClause(given.get("clause"), false);
        else if (given.get("q")) ask(given.get("q"));
        else if (given.get("tab")) openTab(given.get("tab"));
        const back = document.createElement("button");
        back.type = "button";
        back.className = "ipqa-back";
        back.dataset.back = "";
        back.textContent = "← 返回(Esc)";
        document.body.append(back);
    }
    waitFor("#ipqa-input textarea", begin);

    window.ipqa = {showReply, showList, showClause};
})();
