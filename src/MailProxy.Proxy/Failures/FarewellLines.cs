using System.Collections.Frozen;
using System.Text;

namespace MailProxy.Proxy.Failures;

/// <summary>The line that ends a connection, by protocol and failure; octets with CRLF, made once.</summary>
internal static class FarewellLines
{
    private static readonly FrozenDictionary<(MailProtocol, ProxyFailure), byte[]> Lines =
        Enum.GetValues<MailProtocol>()
            .SelectMany(protocol => Enum.GetValues<ProxyFailure>(), (protocol, failure) => (protocol, failure))
            .ToFrozenDictionary(key => key, key => Encoding.ASCII.GetBytes(LineOf(key.protocol, FailureTable.Of(key.failure))));

    /// <summary>The line.</summary>
    public static ReadOnlyMemory<byte> Of(MailProtocol protocol, ProxyFailure failure) => Lines[(protocol, failure)];

    private static string LineOf(MailProtocol protocol, FailureRow row) => protocol switch
    {
        MailProtocol.Imap => $"* BYE {row.Imap} {row.Text}\r\n",
        MailProtocol.Pop3 => $"-ERR {row.Pop3} {row.Text}\r\n",
        MailProtocol.Sieve => $"BYE {row.Sieve}\"{row.Text}\"\r\n",
        _ => $"{row.SmtpAuth} {row.Text}\r\n",
    };
}
