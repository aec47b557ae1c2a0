using System.Collections.Frozen;
using System.Text;
using MailProxy.Proxy.Failures;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Accept;

/// <summary>What a client hears that is one too many: one line, made once, and no session for it.</summary>
internal static class Refusal
{
    private static readonly FrozenDictionary<MailProtocol, byte[]> Lines =
        Enum.GetValues<MailProtocol>().ToFrozenDictionary(protocol => protocol, protocol => Encoding.ASCII.GetBytes(LineOf(protocol)));

    /// <summary>Says it. Errors: <see cref="IOException"/> when the client is gone already.</summary>
    public static Task TellAsync(ConnectionContext connection, MailProtocol protocol) => connection.Transport.Output.WriteAsync(Lines[protocol]).AsTask();

    private static string LineOf(MailProtocol protocol)
    {
        var row = FailureTable.Of(ProxyFailure.TooManySessions);
        return protocol switch
        {
            MailProtocol.Imap => $"* BYE {row.Imap} {row.Text}\r\n",
            MailProtocol.Pop3 => $"-ERR {row.Pop3} {row.Text}\r\n",
            _ => $"{row.SmtpAuth} {row.Text}\r\n",
        };
    }
}
