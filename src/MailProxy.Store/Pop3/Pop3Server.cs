using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Pop3;

/// <summary>
/// POP3 of the reference store (RFC 1939, RFC 2449 CAPA, RFC 2595 STLS, RFC 5034 AUTH, RFC 3206 SYS and AUTH codes). One instance serves all
/// listeners of an engine: the maildrop locks live here.
/// </summary>
public sealed class Pop3Server(IStoreEngine engine, StoreAccess access, Pop3ServerOptions options, ILogger logger, TimeProvider time)
{
    private readonly MaildropLocks _locks = new();

    /// <summary>Serves one accepted connection, whose implicit TLS is done, to its end. Cancelling <paramref name="stop"/> ends it with a goodbye between two commands.</summary>
    public async Task ServeAsync(ConnectionContext connection, CancellationToken stop)
    {
        await using var session = new Pop3Session(connection, engine, access, options, _locks, logger, time);
        await session.RunAsync(stop);
    }
}
