using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Lmtp;

/// <summary>
/// LMTP of the reference store (RFC 2033, with the extensions of RFC 2920 PIPELINING, 3030 CHUNKING, 1870 SIZE, 6152 8BITMIME, 6531 SMTPUTF8,
/// 2034 ENHANCEDSTATUSCODES, 3207 STARTTLS, and Postfix's XCLIENT). Only trusted peers hand in mail. Recipients are taken as they come: who
/// exists is the directory's knowledge, and the proxy's task.
/// </summary>
public sealed class LmtpServer(IStoreEngine engine, StoreAccess access, LmtpServerOptions options, ILogger logger, TimeProvider time)
{
    /// <summary>Serves one accepted connection, whose implicit TLS is done, to its end. Cancelling <paramref name="stop"/> ends it with a goodbye between two commands; a message on its way in is finished first.</summary>
    public async Task ServeAsync(ConnectionContext connection, CancellationToken stop)
    {
        await using var session = new LmtpSession(connection, engine, access, options, logger, time);
        await session.RunAsync(stop);
    }
}
