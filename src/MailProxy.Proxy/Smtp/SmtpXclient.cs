using System.Buffers;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;

namespace MailProxy.Proxy.Smtp;

/// <summary>
/// XCLIENT from trusted peers (Postfix's XCLIENT_README; SESSION and TTL are Dovecot's). LOGIN is not offered, and ignored when it comes: who a
/// user is, we find out ourselves.
/// </summary>
internal static class SmtpXclient
{
    /// <summary>The line behind EHLO and LHLO.</summary>
    public const string Offer = "XCLIENT NAME ADDR PORT PROTO HELO DESTADDR DESTPORT SESSION TTL";

    /// <summary>The reply to whoever is not trusted.</summary>
    public const string Refusal = "550 5.7.0 Not from this address.\r\n";

    /// <summary>The reply within a transaction.</summary>
    public const string NotNow = "503 5.5.1 Not within a transaction, nor after login.\r\n";

    /// <summary>Reads the argument. Null reply: it was taken, and the session begins again with a greeting. Otherwise the refusal, or the failure that ends the session.</summary>
    public static (string? Refusal, ProxyFailure? Failure) Read(DialogueSettings settings, in ReadOnlySequence<byte> argument)
    {
        if (!settings.Session.IsTrusted)
        {
            return (Refusal, null);
        }

        return Xclient.TryParse(argument, out var said) != ReadStatus.Done || (said!.Helo.Length > 0 && !HelloName.IsValid(said.Helo))
            ? ("501 5.5.4 XCLIENT takes NAME=value, values in xtext.\r\n", null)
            : (null, ClientIdentity.Accept(settings, said));
    }
}
