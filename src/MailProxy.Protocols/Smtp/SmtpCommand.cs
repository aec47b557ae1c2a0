using System.Buffers;

namespace MailProxy.Protocols.Smtp;

/// <summary>One SMTP or LMTP command line (RFC 5321 4.1.1): <c>verb [SP argument]</c>.</summary>
/// <param name="Verb">Upper case (<c>MAIL</c>, <c>RCPT</c>, <c>XCLIENT</c> ...).</param>
/// <param name="Argument">Behind the first space, trailing blanks cut.</param>
public readonly record struct SmtpCommand(string Verb, ReadOnlySequence<byte> Argument)
{
    /// <summary>Parses a line without its CRLF. Malformed when the verb is not 1*20 letters or digits.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> line, out SmtpCommand command) => throw new NotImplementedException();
}
