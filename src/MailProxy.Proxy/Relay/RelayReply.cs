using System.Globalization;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Relay;

/// <summary>One SMTP or LMTP reply of ours.</summary>
/// <param name="Code">250, 451 ...</param>
/// <param name="Text">With its enhanced status code (RFC 3463).</param>
internal sealed record RelayReply(int Code, string Text)
{
    private const string Referral = "5.2.900 ";

    /// <summary>2xx.</summary>
    public bool IsPositive => Code < 300;

    /// <summary>4xx.</summary>
    public bool IsTemporary => Code is >= 400 and < 500;

    /// <summary>The line for the wire.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Code} {Text}\r\n");

    /// <summary>What a recipient or a message is answered for a failure.</summary>
    public static RelayReply Of(ProxyFailure failure)
    {
        var row = FailureTable.Of(failure);
        return new(int.Parse(row.SmtpRecipient.AsSpan(0, 3), CultureInfo.InvariantCulture), $"{row.SmtpRecipient[4..]} {row.Text}");
    }

    /// <summary>
    /// What a store's refusal becomes for the sender. Its words are passed on when they speak of the mailbox (status x.2.x: full, disabled,
    /// message too large for it); anything else may tell of our insides and is replaced.
    /// </summary>
    public static RelayReply OfStore(SmtpReply reply)
    {
        var text = reply.Lines[^1];
        if (reply.Code is >= 200 and < 300)
        {
            return new(250, "2.1.5 OK");
        }

        // A referral (550 5.2.900 <user@host:port>): the user lives elsewhere now, and the route says so in a moment. Passed on it would bounce the mail.
        if (text.StartsWith(Referral, StringComparison.Ordinal))
        {
            return Of(ProxyFailure.UserHeld);
        }

        var isTemporary = reply.Code is >= 400 and < 500;
        if (reply.Code is >= 400 and < 600 && text.Length > 6 && text[1] == '.' && text[3] == '.' && text[2] == '2' && !text.Any(char.IsControl))
        {
            return new(reply.Code, text);
        }

        return isTemporary || reply.Code < 500
            ? Of(ProxyFailure.StoreTemporaryFailure)
            : new(554, "5.0.0 The server that holds this mailbox refused it.");
    }
}
