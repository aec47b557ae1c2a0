using System.Buffers;
using System.Text;

namespace MailProxy.Protocols.Smtp;

/// <summary>
/// The argument of MAIL or RCPT (RFC 5321 4.1.2, 4.1.1.2, 4.1.1.3; RFC 6531 3.3 for UTF-8):
/// <code>
/// reverse = "FROM:" ("&lt;&gt;" / path) *(SP param)      forward = "TO:" ("&lt;Postmaster&gt;" / path) *(SP param)
/// path    = "&lt;" [ "@" domain *(",@" domain) ":" ] local "@" (domain / "[" literal "]") "&gt;"
/// local   = atom *("." atom) / quoted                param   = keyword ["=" value]
/// </code>
/// </summary>
/// <param name="Address">
/// <c>local@domain</c> as written, except that quotes around a local part that needs none are gone; source routes are dropped.
/// Empty for the null reverse-path; <c>Postmaster</c> (in the client's case) has no domain.
/// </param>
/// <param name="Parameters">By upper-case keyword; a keyword without value has the empty string.</param>
public sealed record SmtpPath(string Address, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>True when the address is not ASCII, which is only valid with SMTPUTF8 on MAIL (RFC 6531 3.4).</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(Address);

    /// <summary>Parses the argument behind <c>MAIL </c> or <c>RCPT </c>. TooLong: over a limit of RFC 5321 4.5.3.1.</summary>
    public static ReadStatus TryParse(in ReadOnlySequence<byte> argument, SmtpPathKind kind, out SmtpPath? path)
    {
        path = null;
        var reader = new SmtpPathReader(argument.IsSingleSegment ? argument.FirstSpan : argument.ToArray());
        if (!reader.TryReadKeyword(kind == SmtpPathKind.Reverse ? "FROM:"u8 : "TO:"u8))
        {
            return ReadStatus.Malformed;
        }

        var status = reader.TryReadPath(kind, out var address);
        if (status != ReadStatus.Done)
        {
            return status;
        }

        if (!reader.TryReadParameters(out var parameters))
        {
            return ReadStatus.Malformed;
        }

        path = new(address, parameters);
        return ReadStatus.Done;
    }

    /// <summary>
    /// Judges <c>local@domain</c> that came from elsewhere than a path (a SASL identity, a file) by the same grammar and the limits of a
    /// forward-path. <paramref name="address"/> has no needless quotes.
    /// </summary>
    public static ReadStatus TryParseMailbox(ReadOnlySpan<byte> mailbox, out string address) => SmtpPathReader.TryReadMailbox(mailbox, out address);
}
