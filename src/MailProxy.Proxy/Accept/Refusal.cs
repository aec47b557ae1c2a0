using MailProxy.Proxy.Failures;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Accept;

/// <summary>What a client hears that is one too many: one line, and no session for it.</summary>
internal static class Refusal
{
    /// <summary>Says it. Errors: <see cref="IOException"/> when the client is gone already.</summary>
    public static Task TellAsync(ConnectionContext connection, MailProtocol protocol) =>
        connection.Transport.Output.WriteAsync(FarewellLines.Of(protocol, ProxyFailure.TooManySessions)).AsTask();
}
