import MIME
import Testing

@Suite struct UnsubscribeRequestTests {
  @Test(arguments: [
    ("To: unsubscribe+abc-1.2@contoso.example", "abc-1.2"), ("To: <Unsubscribe+ABC@Contoso.example>", "ABC"),
    ("Delivered-To: unsubscribe+abc@contoso.example", "abc"),
    ("To: unsubscribe@contoso.example\nSubject: unsubscribe abc", "abc"),
    ("To: unsubscribe@contoso.example\nSubject: Unsubscribe  abc ", "abc"),
    ("To: unsubscribe@contoso.example\nSubject: unsubscribe", nil),
    ("To: unsubscribe@contoso.example\nSubject: please unsubscribe abc", nil),
    ("To: unsubscribe@contoso.example\nSubject: unsubscribe a<b", nil),
    ("To: other@contoso.example\nSubject: unsubscribe abc", nil),
    ("To: unsubscribe+abc@fabrikam.example", nil),
    ("To: other+abc@contoso.example", nil), ("To: unsubscribe+@contoso.example", nil),
    ("To: unsubscribe+abc@contoso.example\nAuto-Submitted: auto-replied", nil),
    ("To: unsubscribe+abc@contoso.example\nReturn-Path: <>", nil), ("", nil),
  ])
  func `the tag of the recipient is found`(header: String, tag: String?) throws {
    let mailbox = try EmailAddress("unsubscribe@contoso.example")
    let message = MIMEMessage(parsing: Array("\(header)\n\nx".utf8))
    #expect(UnsubscribeRequest.tag(in: message, to: mailbox) == tag)
  }
}
