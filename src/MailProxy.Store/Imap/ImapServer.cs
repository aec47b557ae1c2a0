using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Session;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Imap;

/// <summary>
/// Serves IMAP4rev1 (RFC 3501, with RFC 9051's clarifications) over a store engine, to proxies and whoever else <see cref="StoreAccess"/> lets in.
/// Holds no state of its own: each connection is a session.
/// </summary>
public sealed class ImapServer(IStoreEngine engine, StoreAccess access, ImapServerOptions options, ILogger logger, TimeProvider time)
{
    /// <summary>Serves one accepted connection to its end; does not throw for what the peer does. Cancelling <paramref name="stop"/> ends it with BYE after the command under way.</summary>
    public async Task ServeAsync(ConnectionContext connection, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var wire = new ImapWire(connection, options.StallLimit, time, ending.Token);
        var session = new ImapSession(wire, engine, access, options, time, () => _ = ending.CancelAsync()) { Logger = logger };
        var end = "closed";
        try
        {
            await new ImapSessionLoop(session, logger, time).RunAsync();
        }
        catch (ConnectionAbortedException)
        {
            end = "client gone";
        }
        catch (OperationCanceledException)
        {
            (end, var goodbye) = stop.IsCancellationRequested ? ("stopping", "[UNAVAILABLE] The server is stopping.")
                : ending.IsCancellationRequested ? ("the user is being moved", "[UNAVAILABLE] Your mail is being moved; please connect again.")
                : ("silent for too long", "Silent for too long.");
            await SayGoodbyeAsync(wire, $"* BYE {goodbye}\r\n");
        }
        catch (Exception exception)
        {
            end = "failed";
            logger.LogError(exception, "The IMAP session of {User} failed", session.Mail?.User ?? "");
            await SayGoodbyeAsync(wire, "* BYE [SERVERBUG] Internal error.\r\n");
        }

        await session.UnselectAsync();
        if (session.Mail is { } mail)
        {
            session.Visit?.Dispose();
            logger.LogInformation("IMAP session of {User} from {Client} ended: {End} (peer session {PeerSession})", mail.User, connection.RemoteEndPoint, end, session.PeerSession);
        }
        else
        {
            logger.LogDebug("IMAP connection from {Client} ended before login: {End}", connection.RemoteEndPoint, end);
        }
    }

    // Nothing can be said in the middle of a literal, or to a client that is gone.
    private static async ValueTask SayGoodbyeAsync(ImapWire wire, string text)
    {
        if (wire.IsMidLiteral || wire.Gone.IsCancellationRequested)
        {
            wire.Connection.Abort();
            return;
        }

        try
        {
            await wire.WriteAndFlushAsync(text);
        }
        catch (OperationCanceledException)
        {
            wire.Connection.Abort();
        }
    }
}
