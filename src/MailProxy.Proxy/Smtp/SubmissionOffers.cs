using System.Globalization;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Authenticate;

namespace MailProxy.Proxy.Smtp;

/// <summary>What we offer behind EHLO (RFC 5321 4.1.1.1), made once for each state of a connection: every client asks.</summary>
/// <param name="hostName">Ours.</param>
/// <param name="messageSize">The longest message we take, octets (RFC 1870).</param>
/// <param name="mechanisms">SASL mechanisms offered.</param>
internal sealed class SubmissionOffers(string hostName, long messageSize, SaslMechanisms mechanisms)
{
    private readonly string[] _replies =
    [
        Compose(hostName, messageSize, mechanisms, false, false), Compose(hostName, messageSize, mechanisms, false, true),
        Compose(hostName, messageSize, mechanisms, true, false), Compose(hostName, messageSize, mechanisms, true, true),
    ];

    /// <summary>The whole reply, CRLFs included.</summary>
    public string Of(bool offersStartTls, bool mayLogIn) => _replies[(offersStartTls ? 2 : 0) + (mayLogIn ? 1 : 0)];

    private static string Compose(string hostName, long messageSize, SaslMechanisms mechanisms, bool offersStartTls, bool mayLogIn)
    {
        var lines = new List<string>
        {
            hostName, "PIPELINING", string.Create(CultureInfo.InvariantCulture, $"SIZE {messageSize}"), "8BITMIME", "ENHANCEDSTATUSCODES",
        };
        if (offersStartTls)
        {
            lines.Add("STARTTLS");
        }

        if (mayLogIn)
        {
            lines.Add("AUTH " + string.Join(' ', mechanisms.Names));
        }

        return SmtpReplyWriter.Format(250, lines);
    }
}
