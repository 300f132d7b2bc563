// Parses each result as a document and as a part of one, and writes what is not in the lists into a comment.
const data = JSON.parse(document.getElementById("data").textContent);
const elements = new Set(data.elements);
const attributes = new Map(Object.entries(data.attributes).map(([name, list]) => [name, new Set(list)]));
const verdict = {results: 0, elements: 0, attributes: 0, properties: 0, links: 0, runs: 0, faults: []};

// The longhands that the properties of the list stand for here.
const properties = new Set(data.properties);
for (const name of data.properties) {
  const probe = document.createElement("p");
  probe.style.setProperty(name, "inherit");
  for (const longhand of probe.style) properties.add(longhand);
}

window.alert = () => { verdict.runs += 1; };
window.onerror = () => { verdict.runs += 1; };

function fault(number, what) {
  if (verdict.faults.length < 200) verdict.faults.push(`${number}: ${what}: ${data.results[number]}`.slice(0, 2000));
}

function judge(number, root) {
  for (const element of root.querySelectorAll("*")) {
    const name = element.localName;
    verdict.elements += 1;
    if (!elements.has(name) || element.namespaceURI != "http://www.w3.org/1999/xhtml") fault(number, `element ${name}`);
    for (const attribute of element.attributes) {
      verdict.attributes += 1;
      if (!attributes.get(name)?.has(attribute.name)) fault(number, `${name} ${attribute.name}`);
    }
    if (element.hasAttribute("style") && element.getAttribute("style") == "") fault(number, "an empty style");
    for (const property of element.style) {
      verdict.properties += 1;
      const value = element.style.getPropertyValue(property);
      if (!properties.has(property) || /url|\(.*\(|var|\\|^-/.test(value) || element.style.getPropertyPriority(property))
        fault(number, `${property}: ${value}`);
    }
    for (const address of [element.getAttribute("href"), element.getAttribute("src")]) {
      if (address === null) continue;
      verdict.links += 1;
      let url;
      try { url = new URL(address, "outside:x"); } catch { continue; }  // a browser follows none of these
      if (!data.schemes[name]?.includes(url.protocol.slice(0, -1))) fault(number, `address ${address}`);
      const type = address.match(/^data:image\/([a-z]+);base64,/);
      if (url.protocol == "data:" && !data.imageTypes.includes(type?.[1])) fault(number, `data ${address}`);
      if (name == "a" && (element.target != "_blank" || element.rel != "noopener noreferrer nofollow"))
        fault(number, "a link that knows this page");
    }
  }
  for (const walker = document.createTreeWalker(root, NodeFilter.SHOW_ALL); walker.nextNode();)
    if (![Node.ELEMENT_NODE, Node.TEXT_NODE].includes(walker.currentNode.nodeType)) fault(number, "a node of another kind");
}

// The three spellings in which the result may differ from what a browser writes.
const spelling = html => html.replaceAll("&#96;", "`").replaceAll("\u00a0", "&nbsp;");

data.results.forEach((html, number) => {
  const part = document.createElement("div");
  part.innerHTML = html;
  judge(number, part);
  const whole = new DOMParser().parseFromString(html, "text/html");
  judge(number, whole.body);
  if (whole.head.childNodes.length || whole.documentElement.attributes.length || whole.body.attributes.length)
    fault(number, "it reaches out of the body");
  const strict = new DOMParser().parseFromString("<!DOCTYPE html><body>" + html, "text/html");
  for (const [kind, root] of [["part", part], ["document", whole.body], ["strict document", strict.body]])
    if (root.innerHTML != spelling(html)) fault(number, `another tree as ${kind}: ${root.innerHTML}`);
  verdict.results += 1;
});

// Whatever was loaded has failed, or has run, by then.
setTimeout(() => document.body.append(document.createComment("verdict " + encodeURIComponent(JSON.stringify(verdict)) + " verdict")), 1000);
