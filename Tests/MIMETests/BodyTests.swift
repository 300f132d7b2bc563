import Core
import MIME
import Testing

@Suite struct BodyTests {
  @Test func `the tree of a composition with everything is read`() throws {
    let message = MIMEMessage(
      parsing: Array(
        """
        Content-Type: multipart/mixed; boundary="a"

        preamble
        --a
        Content-Type: multipart/alternative; boundary=aa

        --aa
        Content-Type: text/plain; charset=iso-8859-1
        Content-Transfer-Encoding: Quoted-Printable

        Gr=FC=DFe=20
        soft =
        break
        --aa
        Content-Type: multipart/related; boundary="a b"

        --a b
        Content-Type: text/html; charset="utf-8"

        <p>Hi</p>
        --a b
        Content-Type: image/png; name="=?utf-8?q?b=C3=BC?=.png"
        Content-ID: <pic@x>
        Content-Transfer-Encoding: BASE64

        AQ
        ID
        --a b--
        --aa--
        --a  \t
        Content-Type: application/pdf
        Content-Disposition: attachment; filename*0*=utf-8''%C3%9Cber; filename*1="sicht.pdf"

        --ab
        %PDF
        --a
        Content-Type: message/rfc822

        Subject: inner
        Content-Type: text/plain

        inner body
        --a--
        epilogue
        """.utf8))
    #expect(message.text == "Grüße \nsoft break")
    #expect(message.html == "<p>Hi</p>")
    #expect(
      message.attachments == [
        Attachment(
          name: "bü.png", contentType: "image/png", contentID: "pic@x", isInline: true, content: [1, 2, 3]),
        Attachment(name: "Übersicht.pdf", contentType: "application/pdf", content: Array("--ab\n%PDF".utf8)),
        Attachment(
          name: nil, contentType: "message/rfc822",
          content: Array("Subject: inner\nContent-Type: text/plain\n\ninner body".utf8)),
      ])
    #expect(
      message.root.parts.map(\.contentType.name) == [
        "multipart/alternative", "application/pdf", "message/rfc822",
      ])
  }

  @Test(arguments: [
    ("text/plain; charset=\"utf-8\" (comment); x=1", "text/plain charset=utf-8 x=1"),
    ("TEXT / HTML", "text/html"), ("text", "text/plain"), ("", "text/plain"), ("text/", "text/plain"),
    ("(why) TEXT/Html ; CharSet=UTF-8;", "text/html charset=UTF-8"),
    ("image/png; name=my file.png; x", "image/png name=my file.png"),
    ("image/png; name=report(1).png", "image/png name=report(1).png"),
    ("image/png; name=\"a\\\"b;c\"", "image/png name=a\"b;c"),
    ("image/png; name*=iso-8859-1'de'%FC.png", "image/png name=ü.png"),
    ("image/png; name=old; name*=utf-8''new", "image/png name=new"),
    ("image/png; name*1=b; name*0=a", "image/png name=ab"),
    ("image/png; name*1=b", "image/png name="),
    ("image/png; name*0*=utf-8''%C3; name*1*=%BC", "image/png name=ü"),
    ("image/png; name*=utf-8''%zz%C3%", "image/png name=%zz\u{FFFD}%"),
    ("image/png; name=a; name=b", "image/png name=a"),
    ("image/png; =x; *=y; name", "image/png"),
    ("image/png; name=\"unclosed; x=1", "image/png name=unclosed; x=1"),
    // Other marks than semicolons, or none.
    ("application/pdf name=\"a.pdf\"", "application/pdf name=a.pdf"),
    ("text/html, charset=utf-8", "text/html charset=utf-8"),
    ("text/html charset=utf-8 format=flowed", "text/html charset=utf-8 format=flowed"),
    ("text/html; charset=utf-8 format=flowed", "text/html charset=utf-8 format=flowed"),
    ("text/html; charset=utf-8, name=x", "text/html charset=utf-8 name=x"),
    ("text/html; name=\"a b\" charset=utf-8", "text/html name=a b charset=utf-8"),
    ("text/html;; charset = \"utf-8\" ;", "text/html charset=utf-8"), ("text /html", "text/html"),
    ("\"text/html\"; charset=utf-8", "text/html charset=utf-8"), ("text/html(x)", "text/html"),
    ("image/png; name=a, b=c.png", "image/png name=a, b=c.png"),
    ("image/png; name=a name.png", "image/png name=a name.png"),
    // A type that is missing does not take the charset with it.
    ("charset=koi8-r", "text/plain charset=koi8-r"), ("text; charset=koi8-r", "text/plain charset=koi8-r"),
    ("image/png; name=\"a\0b\"", "image/png name=ab"),
    ("image/png; name=\"=?utf-8?q?a=0Ab?=\"", "image/png name=a b"),
  ])
  func `content types are read`(value: String, expected: String) throws {
    let type = MIMEMessage(parsing: Array("Content-Type: \(value)\r\n\r\n".utf8)).root.contentType
    let parameters = type.parameters.map { " \($0.name)=\($0.value)" }
    #expect(type.name + parameters.joined() == expected)
  }

  @Test(arguments: [
    ("base64", "aGVsbG8=", "hello"), ("base64", "aGVs bG8\r\n=!", "hello"), ("base64", "aGk=aGk=", "hihi"),
    ("base64", "a", ""), ("quoted-printable", "a=3Db=\r\nc= \nd =", "a=bcd "),
    ("quoted-printable", "a  \r\nb\t", "a\r\nb"), ("quoted-printable", "=zz=3=", "=zz=3"),
    ("8bit", "ü", "ü"), ("x-uuencode", "abc", "abc"), ("", "abc", "abc"),
    ("quoted-printable charset=utf-8", "a=3D", "a="), ("\"base64\"", "aGk=", "hi"),
    ("base-64;", "aGk=", "hi"),
    ("quoted printable", "a=3D", "a="), ("(x) Base64", "aGk=", "hi"),
    ("quoted-printable", "a=\rb \rc", "ab\r\nc"),
    // What a mailing list adds to base64.
    ("base64", "aGVsbG8=\r\n____\r\nlist mailing list\r\n", "hello"),
    ("base64", "aGVs\r\n-- \r\nlist\r\n", "hel"),
    ("base64", "aGVs\r\nYou get this mail\r\n", "hel"), ("base64", "aGVsbG8=\n\nUnsubscribe\n", "hello"),
    ("base64", "aGVsbG8=\nhttps://example.com\n", "hello"),
    ("base64", "aGVsbG8=\r\nd29ybGQ=\r\n", "helloworld"),
    ("base64", "aG Vs\nbG 8=\n", "hello"), ("base64", "aGVs!\r\nbG8=", "hello"),
    ("base64", "aGV\r\nsbG8=\r\n", "hello"),
    ("base64", "!!\r\naGk=", "hi"), ("base64", "====", ""), ("base64", "aGk=\r\n=\r\n", "hi"),
    // uuencode.
    ("x-uuencode", "begin 644 a.txt\r\n%:&5L;&\\\r\n`\r\nend\r\n", "hello"),
    ("uuencode", "note\nbegin 0755 a b\n%:&5L;&\\\n%:&5L;&\\\n \nend\nmore", "hellohello"),
    ("X-UUE", "begin 644 a\n#:&5L\nend", "hel"), ("x-uu", "begin 644 a\r!:\r`\rend", "h"),
    ("uue", "begin 644 a\n", ""),
  ])
  func `transfer encodings are undone`(encoding: String, body: String, expected: String) throws {
    let text = "Content-Transfer-Encoding: \(encoding)\r\n\r\n\(body)"
    #expect(MIMEMessage(parsing: Array(text.utf8)).text == expected)
  }

  @Test func `the name of a uuencoded file is in its first line`() {
    let body =
      "Content-Type: image/png\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 my file.png\n`\nend\n"
    #expect(MIMEMessage(parsing: Array(body.utf8)).attachments.map(\.name) == ["my file.png"])
  }

  @Test(arguments: [
    ("Content-Type: text/plain; name=\"\"", true), ("Content-Type: text/html; name=\" \"", true),
    ("Content-Disposition: inline; filename=\"\"", true),
    ("Content-Disposition: inline; filename=note.txt", true),
    ("Content-Disposition: inline", true), ("Content-Disposition: INLINE; filename*=utf-8''a.txt", true),
    ("Content-Disposition: attachment", false), ("Content-Disposition: attachment; filename=\"\"", false),
    ("Content-Type: text/plain; name=a.txt", false),
    ("Content-Disposition: inline; filename=a.txt\nContent-ID: <a>", false),
    ("Content-Type: text/csv\nContent-Disposition: inline", false),
  ])
  func `a text is the body unless it is a file`(header: String, isBody: Bool) {
    let message = MIMEMessage(parsing: Array("\(header)\n\nhello".utf8))
    #expect((message.text ?? message.html) == (isBody ? "hello" : nil))
    #expect(message.attachments.count == (isBody ? 0 : 1))
  }

  @Test(arguments: [
    (
      "multipart/digest; boundary=b", "--b\n\nSubject: x\n\ny\n--b\nContent-Type: text/plain\n\nz",
      "message/rfc822 text/plain"
    ),
    // A boundary that is missing, wrong, or has hyphens too many or too few.
    ("multipart/mixed", "--x\nContent-Type: text/html\n\nhello\n--x--", "text/html"),
    ("multipart/mixed; boundary=\"\"", "pre\n\n--x\n\nhello\n--x\n\nyou", "text/plain text/plain"),
    ("multipart/mixed; boundary=y", "--x\nContent-Type: text/html\n\nhello\n--x--", "text/html"),
    ("multipart/mixed; boundary=--x", "--x\nContent-Type: text/html\n\nhello\n--x--", "text/html"),
    ("multipart/mixed; boundary=\"x \"", "--x\nContent-Type: text/html\n\nhello\n--x--", "text/html"),
    ("multipart/mixed", "-- \nAnn: x\n--\n\nhello", ""), ("multipart/mixed", "--x--\n\nhello", ""),
    ("multipart/mixed boundary=b", "--b\nContent-Type: text/html\n\nhello\n--b--", "text/html"),
    // Delimiters that are doubled, and boundaries.
    ("multipart/mixed; boundary=b", "--b\n--b\nContent-Type: text/html\n\nhello\n--b--\n--b--", "text/html"),
    (
      "multipart/mixed; boundary=b",
      "--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/html\n\ny\n--b--\n--b--",
      "multipart/alternative(text/plain text/html)"
    ),
    // An inner multipart that is not closed.
    (
      "multipart/mixed; boundary=b",
      "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/html\n\nx\n--b\nContent-Type: image/png\n\ny\n--b--",
      "multipart/mixed(text/html) image/png"
    ),
    // The header of a part that ends at once, and one without an empty line.
    (
      "multipart/mixed; boundary=b", "--b\nContent-Type: text/html\n--b\nContent-Type: image/png\nGIF\n--b--",
      "text/html image/png"
    ),
    (
      "multipart/mixed; boundary=b", "--b\r\rx\r--b\rContent-Type: text/html\r\ry\rz\r--b--\r",
      "text/plain text/html"
    ),
  ])
  func `a multipart is taken apart whatever its delimiters`(type: String, body: String, tree: String) {
    let message = MIMEMessage(parsing: Array("Content-Type: \(type)\n\n\(body)".utf8))
    #expect(Self.tree(message.root.parts) == tree)
    if tree.isEmpty { #expect(message.text == body) }
  }

  private static func tree(_ parts: [BodyPart]) -> String {
    parts.map { $0.contentType.name + ($0.parts.isEmpty ? "" : "(\(tree($0.parts)))") }.joined(separator: " ")
  }

  @Test func `mail that ends its lines with CR alone is read like any other`() {
    let text = """
      From: Ann <ann@example.com>
      Subject: a
       b
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Transfer-Encoding: quoted-printable

      one =
      line=20
      two
      --b
      Content-Type: application/pdf; name=a.pdf
      Content-Transfer-Encoding: base64

      aGVs
      bG8=
      --b--
      """
    let message = MIMEMessage(parsing: Array(text.replacing("\n", with: "\r").utf8))
    #expect(message.subject == "a b")
    #expect(message.text == "one line \r\ntwo")
    #expect(
      message.attachments == [
        Attachment(name: "a.pdf", contentType: "application/pdf", content: Array("hello".utf8))
      ])
  }

  @Test func `what is beyond a limit is a file`() {
    let parts = (0..<6000).map { "--b\nContent-Type: text/plain; name=\($0)\n\nx\n" }.joined()
    let many = MIMEMessage(
      parsing: Array("Content-Type: multipart/mixed; boundary=b\n\n\(parts)--b--\n".utf8))
    #expect(many.root.parts.count == 5000)
    #expect(
      many.attachments.last.map { String(decoding: $0.content.prefix(42), as: UTF8.self) }
        == "Content-Type: text/plain; name=4999\n\nx\n--b")
    let deep = MIMEMessage(parsing: Array((Self.message(of: 40, "a multipart in a multipart") + "\nx").utf8))
    #expect(deep.attachments.map(\.contentType) == ["multipart/mixed"])
  }

  @Test(arguments: [
    ("no delimiter at all", []), ("--b\n\none", ["one"]), ("--b\n\none\n--b\n\ntwo", ["one", "two"]),
    ("--b--\nx", []), ("--b\n--b\n", []), ("--b\n\n--b\n\n", ["", ""]),
    ("--b\n\none\n--bb\n--b--\n--b\n\nthree", ["one\n--bb"]),
  ])
  func `broken multiparts give what they have`(body: String, expected: [String]) throws {
    let text = "Content-Type: multipart/mixed; boundary=b\n\n\(body)"
    let message = MIMEMessage(parsing: Array(text.utf8))
    #expect(message.root.parts.map(\.text) == expected)
  }

  @Test(arguments: [
    ("a multipart in a multipart", 30, 31), ("a part", 249, 250), ("a field", 2000, 2001),
    ("an octet of header", 262_144, 262_145),
  ])
  func `a limit is told of only once it is passed`(unit: String, most: Int, tooMany: Int) throws {
    #expect(refusal(of: Self.message(of: most, unit)) == nil)
    for count in [tooMany, 20 * tooMany] {
      #expect(refusal(of: Self.message(of: count, unit))?.code == .messageMalformed)
    }
  }

  private static func message(of count: Int, _ unit: String) -> String {
    switch unit {
    case "a multipart in a multipart":
      (0..<count).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
    case "a part":
      "Content-Type: multipart/mixed; boundary=b\n\n" + String(repeating: "--b\n\nx\n", count: count)
    case "a field": String(repeating: "A: b\n", count: count)
    default: "A: " + String(repeating: "b", count: count - 5) + "\n\n"
    }
  }

  private func refusal(of text: String) -> Problem? {
    do throws(Problem) {
      try MIMEMessage(parsing: Array(text.utf8)).checkLimits()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["no header here\n", "no line end "])
  func `a large text without header and empty line is all body`(piece: String) throws {
    let text = String(repeating: piece, count: 50_000)
    #expect(MIMEMessage(parsing: Array(text.utf8)).text?.utf8.count == text.utf8.count)
  }
}
