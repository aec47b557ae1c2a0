using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Wire;
using MailProxy.Transport.Connections;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// The client's lines and our replies (RFC 2920 3.2): lines that came together are known ahead, and replies to them go together. They are all sent before
/// anything is waited for that the client has yet to send.
/// </summary>
/// <param name="wire">The client.</param>
/// <param name="session">The session.</param>
/// <param name="settings">Limits.</param>
/// <param name="time">For the limits.</param>
internal sealed class RelayClient(MailWire wire, SessionContext session, DialogueSettings settings, TimeProvider time)
{
    // RFC 5321 4.5.3.1.4 gives commands 512 octets; parameters of extensions need more, and long addresses in UTF-8 as well.
    private const int LineLimit = 2_048;

    private byte[]? _ahead;

    /// <summary>The next line. Between commands the session ends with the node.</summary>
    /// <exception cref="OperationCanceledException">The node stops, or nothing came for <see cref="LimitOptions.RelayIdle"/>.</exception>
    public ValueTask<WireRead<byte[]>> NextLineAsync(CancellationToken cancellationToken)
    {
        if (_ahead is not { } line)
        {
            return wire.ReadLineAsync(LineLimit, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        _ahead = null;
        return new(new WireRead<byte[]>(WireStatus.Done, line));
    }

    /// <summary>The next line, if it was received already; it stays the next until <see cref="TakeAhead"/>.</summary>
    public byte[]? PeekAhead()
    {
        if (_ahead is null && wire.TryReadLine(LineLimit, out var line))
        {
            _ahead = line;
        }

        return _ahead;
    }

    /// <summary>What was peeked at is served.</summary>
    public void TakeAhead() => _ahead = null;

    /// <summary>Replies. False: the client is gone, or does not read for so long that it never will.</summary>
    /// <param name="reply">With its CRLF; empty: nothing.</param>
    /// <param name="isAtOnce">False: it may wait for the replies to what was received already.</param>
    public ValueTask<bool> AnswerAsync(string reply, bool isAtOnce)
    {
        wire.Write(reply);
        if (!isAtOnce && PeekAhead() is not null)
        {
            return new(true);
        }

        var sending = wire.FlushAsync(CancellationToken.None);
        return sending.IsCompletedSuccessfully ? sending : SlowlyAsync(sending.AsTask());
    }

    /// <summary>The last reply: it goes out with the end of the connection.</summary>
    /// <param name="reply">With its CRLF.</param>
    public void LastWords(string reply) => wire.Write(reply);

    // A verdict is owed even while the node stops.
    private async ValueTask<bool> SlowlyAsync(Task<bool> sending)
    {
        try
        {
            await sending.WaitAsync(settings.Limits.RelayIdle, time);
        }
        catch (TimeoutException)
        {
            session.EndedBy = "the client does not read";
            session.Connection.Abort();
        }

        var isSent = await sending;
        await session.Connection.ReturnHomeAsync();
        return isSent;
    }
}
