using System.Globalization;
using System.Net;
using MailProxy.Protocols.Milter;

namespace MailProxy.Proxy.Milter;

/// <summary>What milters are told of a session, as Sendmail's macros name it.</summary>
/// <param name="HostName">Ours: <c>j</c>.</param>
/// <param name="Listener">Where it came in: <c>{daemon_name}</c>.</param>
/// <param name="Client">Who connected.</param>
/// <param name="Helo">What it called itself.</param>
/// <param name="TlsVersion">Of its connection; empty: none.</param>
/// <param name="Cipher">Of its connection; empty: none.</param>
/// <param name="User">Who logged in; null: nobody.</param>
/// <param name="Id">The session: <c>i</c>, as Sendmail's queue id.</param>
internal sealed record MilterFacts(
    string HostName, string Listener, IPEndPoint? Client, string Helo, string TlsVersion, string Cipher, string? User, string Id)
{
    /// <summary>The client's name for connect: nobody has looked it up, so it is its address.</summary>
    public string ClientName => Client is null ? "localhost" : $"[{Client.Address}]";

    /// <summary>The macros of a step; those without a value are left out.</summary>
    /// <param name="step">Which.</param>
    /// <param name="address">Of MAIL and RCPT.</param>
    public KeyValuePair<string, string>[] Macros(MilterCommand step, string address = "") => [.. All(step, address).Where(macro => macro.Value.Length > 0)];

    private KeyValuePair<string, string>[] All(MilterCommand step, string address) => step switch
    {
        MilterCommand.Connect =>
        [
            new("j", HostName), new("{daemon_name}", Listener), new("v", "MailProxy"), new("{client_addr}", Client?.Address.ToString() ?? ""),
            new("{client_port}", Client?.Port.ToString(CultureInfo.InvariantCulture) ?? ""),
        ],
        MilterCommand.Helo => [new("{tls_version}", TlsVersion), new("{cipher}", Cipher)],

        // That there is an {auth_type} tells milters that somebody logged in; by what is not kept for so long.
        MilterCommand.Mail => [new("i", Id), new("{mail_addr}", address), new("{auth_authen}", User ?? ""), new("{auth_type}", User is null ? "" : "SASL")],
        MilterCommand.Recipient => [new("i", Id), new("{rcpt_addr}", address)],
        _ => [new("i", Id)],
    };
}
