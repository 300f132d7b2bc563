import Core
import MIME
import Testing

@Suite struct BodyTests {
  @Test func `the tree of a composition with everything is read`() throws {
    let message = try MIMEMessage(
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
    ("TEXT / HTML", "text/plain"), ("text", "text/plain"), ("", "text/plain"), ("text/", "text/plain"),
    ("(why) TEXT/Html ; CharSet=UTF-8;", "text/html charset=UTF-8"),
    ("image/png; name=my file.png; x", "image/png name=my file.png"),
    ("image/png; name=report(1).png", "image/png name=report(1).png"),
    ("image/png; name=\"a\\\"b;c\"", "image/png name=a\"b;c"),
    ("image/png; name*=iso-8859-1'de'%FC.png", "image/png name=ü.png"),
    ("image/png; name=old; name*=utf-8''new", "image/png name=new"),
    ("image/png; name*1=b; name*0=a", "image/png name=ab"),
    ("image/png; name*1=b", "image/png name="),
    ("image/png; name*0*=utf-8''%C3; name*1*=%BC", "image/png name=ü"),
    ("image/png; name*=utf-8''%zz%C3%", "image/png name=%zzÃ%"),
    ("image/png; name=a; name=b", "image/png name=a"),
    ("image/png; =x; *=y; name", "image/png"),
    ("image/png; name=\"unclosed; x=1", "image/png name=unclosed; x=1"),
  ])
  func `content types are read`(value: String, expected: String) throws {
    let type = try MIMEMessage(parsing: Array("Content-Type: \(value)\r\n\r\n".utf8)).root.contentType
    let parameters = type.parameters.map { " \($0.name)=\($0.value)" }
    #expect(type.name + parameters.joined() == expected)
  }

  @Test(arguments: [
    ("base64", "aGVsbG8=", "hello"), ("base64", "aGVs bG8\r\n=!", "hello"), ("base64", "aGk=aGk=", "hihi"),
    ("base64", "a", ""), ("quoted-printable", "a=3Db=\r\nc= \nd =", "a=bcd "),
    ("quoted-printable", "a  \r\nb\t", "a\r\nb"), ("quoted-printable", "=zz=3=", "=zz=3"),
    ("8bit", "ü", "ü"), ("x-uuencode", "abc", "abc"), ("", "abc", "abc"),
  ])
  func `transfer encodings are undone`(encoding: String, body: String, expected: String) throws {
    let text = "Content-Transfer-Encoding: \(encoding)\r\n\r\n\(body)"
    #expect(try MIMEMessage(parsing: Array(text.utf8)).text == expected)
  }

  @Test(arguments: [
    ("no delimiter at all", []), ("--b\n\none", ["one"]), ("--b\n\none\n--b\n\ntwo", ["one", "two"]),
    ("--b--\nx", []), ("--b\n--b\n", ["", ""]), ("--b\n\none\n--bb\n--b--\n--b\n\nthree", ["one\n--bb"]),
  ])
  func `broken multiparts give what they have`(body: String, expected: [String]) throws {
    let text = "Content-Type: multipart/mixed; boundary=b\n\n\(body)"
    let message = try MIMEMessage(parsing: Array(text.utf8))
    #expect(message.root.parts.map(\.text) == expected)
  }

  @Test(arguments: [
    ("a multipart in a multipart", 30, 31), ("a part", 249, 250), ("a field", 2000, 2001),
    ("an octet of header", 262_144, 262_145),
  ])
  func `a limit is refused only once it is passed`(unit: String, most: Int, tooMany: Int) throws {
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
      _ = try MIMEMessage(parsing: Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: ["no header here\n", "no line end "])
  func `a large text without header and empty line is all body`(piece: String) throws {
    let text = String(repeating: piece, count: 50_000)
    #expect(try MIMEMessage(parsing: Array(text.utf8)).text?.utf8.count == text.utf8.count)
  }
}
