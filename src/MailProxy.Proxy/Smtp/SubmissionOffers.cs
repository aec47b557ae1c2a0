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
        [.. Enumerable.Range(0, (int)OfferState.All + 1).Select(state => Compose(hostName, messageSize, mechanisms, (OfferState)state))];

    /// <summary>The whole reply, CRLFs included.</summary>
    public string Of(OfferState state) => _replies[(int)state];

    private static string Compose(string hostName, long messageSize, SaslMechanisms mechanisms, OfferState state)
    {
        var lines = new List<string>
        {
            hostName, "PIPELINING", string.Create(CultureInfo.InvariantCulture, $"SIZE {messageSize}"), "8BITMIME", "ENHANCEDSTATUSCODES",
        };
        if (state.HasFlag(OfferState.StartTls))
        {
            lines.Add("STARTTLS");
        }

        if (state.HasFlag(OfferState.MayLogIn) && mechanisms.On(state).Any())
        {
            lines.Add("AUTH " + string.Join(' ', mechanisms.On(state)));
        }

        return SmtpReplyWriter.Format(250, lines);
    }
}
