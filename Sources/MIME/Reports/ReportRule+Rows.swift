extension ReportRule {
  /// The first row that matches decides. Reports that are made for programs come first; then texts of mail systems,
  /// delays before failures, because a delay is told in the same words; then automatic replies.
  static let rows: [ReportRule] = parts + delays + failures + replies

  /// `delivered` and `delay` follow from what the part says.
  private static let parts = [
    ReportRule("rfc3464", .bounce, .part("message/delivery-status")),
    ReportRule("rfc6533", .bounce, .part("message/global-delivery-status")),
    ReportRule("rfc5965", .complaint, .part("message/feedback-report")),
    ReportRule("rfc8098", .readReceipt, .part("message/disposition-notification")),
    ReportRule("rfc6533.receipt", .readReceipt, .part("message/global-disposition-notification")),
    // A message that comes with a field that only this program adds, as a part.
    ReportRule("jmrp", .complaint, .part("message/rfc822")),
  ]

  private static let delays = [
    ReportRule("exim.delay", .delay, .words("has not yet been delivered"), if: .mailSystem),
    ReportRule(
      "exim.delay.all", .delay, .words("has not been delivered to all of its recipients"), if: .mailSystem),
    ReportRule("sendmail.delay", .delay, .words("this is a warning message only"), if: .mailSystem),
    ReportRule(
      "sendmail.transient", .delay, .line("the following addresses had transient non-fatal errors"),
      if: .mailSystem),
    ReportRule(
      "gmail.delay", .delay, .line("delivery to the following recipient has been delayed"), if: .mailSystem),
    ReportRule(
      "exchange.delay", .delay, .line("delivery is delayed to these recipients or groups"), if: .mailSystem),
    ReportRule("courier.delay", .delay, .line("delays in delivering your message"), if: .mailSystem),
  ]

  private static let failures = [
    ReportRule(
      "exchange.text", .bounce, .line("delivery has failed to these recipients or groups"), if: .mailSystem),
    ReportRule(
      "exchange.rejected", .bounce, .words("rejected your message to the following e"), if: .mailSystem),
    ReportRule("exchange.returned", .bounce, .words("remote server returned '"), if: .mailSystem),
    ReportRule(
      "exchange.administrators", .bounce, .line("diagnostic information for administrators"), if: .mailSystem),
    ReportRule(
      "exchange.2003", .bounce, .line("your message did not reach some or all of the intended recipients"),
      if: .mailSystem),
    ReportRule(
      "gmail", .bounce, .line("delivery to the following recipient failed permanently"), if: .mailSystem),
    ReportRule("gmail.technical", .bounce, .line("technical details of permanent failure"), if: .mailSystem),
    ReportRule("gmail.response", .bounce, .line("the response from the remote server was"), if: .mailSystem),
    ReportRule("zoho", .bounce, .words("error_code :"), if: .mailSystem),
    ReportRule(
      "exim", .bounce, .line("this message was created automatically by mail delivery software"),
      if: .mailSystem),
    ReportRule(
      "exim.recipients", .bounce, .line("a message that you sent contained one or more recipient addresses"),
      if: .mailSystem),
    ReportRule("postfix", .bounce, .line("this is the mail system at host"), if: .mailSystem),
    ReportRule(
      "postfix.sorry", .bounce, .line("i'm sorry to have to inform you that your message could not"),
      if: .mailSystem),
    ReportRule("qmail", .bounce, .line("hi. this is the qmail"), if: .mailSystem),
    ReportRule(
      "sendmail", .bounce, .line("the following addresses had permanent fatal errors"), if: .mailSystem),
    ReportRule(
      "courier", .bounce, .line("your message to the following recipients cannot be delivered"),
      if: .mailSystem),
    ReportRule("james", .bounce, .line("error message below:"), if: .mailSystem),
    ReportRule("workmail", .bounce, .line("technical report:"), if: .mailSystem),
    ReportRule(
      "ses", .bounce, .line("an error occurred while trying to deliver the mail to the following recipients"),
      if: .mailSystem),
    ReportRule("au", .bounce, .line("could not be delivered to: <"), if: .mailSystem),
    ReportRule("ezweb.account", .bounce, .line("the user(s) account is"), if: .mailSystem),
    ReportRule(
      "ezweb.rejected", .bounce,
      .line("each of the following recipients was rejected by a remote"), if: .mailSystem),
    ReportRule("docomo", .bounce, .words("エラーのため送信できませんでした"), if: .mailSystem),
    ReportRule("japanese.sent", .bounce, .words("送信できませんでした"), if: .reporter),
    ReportRule("japanese.delivered", .bounce, .words("配信できませんでした"), if: .reporter),
    ReportRule("japanese.brought", .bounce, .words("お届けできませんでした"), if: .reporter),
    ReportRule("failed-recipients", .bounce, .field("X-Failed-Recipients"), if: .mailSystem),
    ReportRule("exchange.ndr", .bounce, .present("X-MS-Exchange-Message-Is-Ndr"), if: .mailSystem),
    ReportRule("words.could-not", .bounce, .words("could not be delivered"), if: .reporter),
    ReportRule("words.couldnt", .bounce, .words("couldn't be delivered"), if: .reporter),
    ReportRule("words.wasnt", .bounce, .words("wasn't delivered"), if: .reporter),
    ReportRule("words.was-not", .bounce, .words("was not delivered"), if: .reporter),
    ReportRule("words.undeliverable", .bounce, .words("undeliverable"), if: .reporter),
    ReportRule("words.failed", .bounce, .words("delivery failed"), if: .reporter),
    ReportRule("words.unable", .bounce, .words("unable to deliver"), if: .reporter),
    ReportRule("words.permanent", .bounce, .words("permanent error"), if: .reporter),
    ReportRule("words.unknown", .bounce, .words("user unknown"), if: .reporter),
    ReportRule("words.german", .bounce, .words("nicht zugestellt werden"), if: .reporter),
    ReportRule("words.french", .bounce, .words("pas pu être remis"), if: .reporter),
    ReportRule("words.spanish", .bounce, .words("no se pudo entregar"), if: .reporter),
  ]

  /// Subjects as Exchange writes them, by the language of the mailbox. Letters outside ASCII have their case.
  private static let replies =
    [
      ReportRule("rfc3834", .autoReply, .value("Auto-Submitted", "auto-replied")),
      ReportRule("x-autoreply", .autoReply, .field("X-Autoreply")),
      ReportRule("x-autorespond", .autoReply, .field("X-Autorespond")),
      ReportRule("x-auto-reply-from", .autoReply, .field("X-Auto-Reply-From")),
      ReportRule("x-autoreply-from", .autoReply, .field("X-Autoreply-From")),
      ReportRule("x-mail-autoreply", .autoReply, .field("X-Mail-Autoreply")),
      ReportRule("x-autogenerated", .autoReply, .value("X-Autogenerated", "reply")),
      ReportRule("x-post-messageclass", .autoReply, .value("X-POST-MessageClass", "autoresponder")),
      ReportRule("delivered-to", .autoReply, .value("Delivered-To", "autoresponder")),
      ReportRule("precedence", .autoReply, .value("Precedence", "auto_reply")),
      ReportRule("x-precedence", .autoReply, .value("X-Precedence", "auto_reply")),
      ReportRule("precedence.junk", .autoReply, .value("Precedence", "junk"), if: .answers),
    ]
    + [
      "automatic reply:", "auto reply:", "auto-reply:", "autoreply:", "out of office:",
      "out of office reply:",
      "out of the office:", "automatische antwort:", "abwesenheitsnotiz:", "réponse automatique",
      "respuesta automática",
      "resposta automática", "risposta automatica", "automatisch antwoord", "odpowiedź automatyczna",
      "automatyczna odpowiedź", "autosvar:", "automatiskt svar", "automatisk svar", "automaattinen vastaus",
      "automatická odpověď", "automatikus válasz", "răspuns automat", "otomatik yanıt",
      "Автоматический ответ",
      "Автоматична відповідь", "Αυτόματη απάντηση", "自動応答", "自動返信", "自動回覆", "自动答复", "자동 회신",
    ].map { ReportRule("subject “\($0)”", .autoReply, .subject($0), if: .answersOrAutomatic) }
}
