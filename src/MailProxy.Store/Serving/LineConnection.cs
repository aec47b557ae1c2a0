using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Lines;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Store.Serving;

/// <summary>
/// A peer of a line protocol. Replies collect while further commands lie there already and go out before the next wait (RFC 2920, RFC 2449 6.8).
/// What peers do shows as a status, never as an exception; every wait has a limit.
/// </summary>
/// <param name="connection">The connection; its pipes are fetched anew each time, because STARTTLS replaces them.</param>
/// <param name="writeLimit">How long the peer may take to make room for a piece of output.</param>
/// <param name="time">For the limits.</param>
internal sealed class LineConnection(ConnectionContext connection, TimeSpan writeLimit, TimeProvider time)
{
    // Replies to pipelined commands are sent at the latest when so many octets wait: no buffer grows with what a peer asks for.
    private const int UnsentLimit = 32 * 1024;

    private bool _isBroken;

    /// <summary>The connection itself.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>Its TLS, which may still be clear.</summary>
    public ITlsFeature? Tls => connection.Features.Get<ITlsFeature>();

    /// <summary>Octets handed to the peer.</summary>
    public long Sent { get; private set; }

    /// <summary>Where to write pieces; they go out by <see cref="FlushAsync"/>.</summary>
    public PipeWriter Output => connection.Transport.Output;

    private PipeReader Input => connection.Transport.Input;

    /// <summary>Puts text behind what waits to be sent.</summary>
    public void Write(string text) => Sent += Encoding.UTF8.GetBytes(text, Output);

    /// <summary>Reads one line.</summary>
    /// <param name="limit">Most octets, CRLF included.</param>
    /// <param name="idle">Longest silence.</param>
    /// <param name="stop">Ends the wait with <see cref="LineReadStatus.Stopping"/>.</param>
    public async ValueTask<LineRead> ReadLineAsync(int limit, TimeSpan idle, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return new(LineReadStatus.Stopping, []);
        }

        using var deadline = new CancellationTokenSource(idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            while (true)
            {
                // What lies there already is served before the replies to what came before it are sent.
                var isThere = Input.TryRead(out var result);
                if (isThere && Output.UnflushedBytes > UnsentLimit)
                {
                    Input.AdvanceTo(result.Buffer.Start);
                    isThere = false;
                }

                if (!isThere)
                {
                    if (!await FlushAsync())
                    {
                        return new(LineReadStatus.Closed, []);
                    }

                    result = await Input.ReadAsync(either.Token);
                }

                if (TakeLine(result, limit) is { } read)
                {
                    return read;
                }
            }
        }
        catch (Exception exception) when (PeerFaults.IsOne(exception) || exception is OperationCanceledException)
        {
            return new(
                stop.IsCancellationRequested ? LineReadStatus.Stopping : deadline.IsCancellationRequested ? LineReadStatus.Idle : LineReadStatus.Closed,
                []);
        }
    }

    /// <summary>Reads whatever comes next of a message's content; consume it by <see cref="Advance"/>. Null: the peer went away or was silent for too long.</summary>
    public async ValueTask<ReadOnlySequence<byte>?> ReadPieceAsync(TimeSpan idle)
    {
        using var deadline = new CancellationTokenSource(idle, time);
        try
        {
            if (!Input.TryRead(out var result))
            {
                if (!await FlushAsync())
                {
                    return null;
                }

                result = await Input.ReadAsync(deadline.Token);
            }

            return result.Buffer.IsEmpty ? null : result.Buffer;
        }
        catch (Exception exception) when (PeerFaults.IsOne(exception) || exception is OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Consumes up to <paramref name="consumed"/>.</summary>
    public void Advance(SequencePosition consumed) => Input.AdvanceTo(consumed);

    /// <summary>Sends what waits. False: the peer is gone, or did not read in time; the connection is of no more use.</summary>
    public async ValueTask<bool> FlushAsync()
    {
        if (_isBroken)
        {
            return false;
        }

        using var deadline = new CancellationTokenSource(writeLimit, time);
        try
        {
            _isBroken = (await Output.FlushAsync(deadline.Token)).IsCompleted;
        }
        catch (Exception exception) when (PeerFaults.IsOne(exception) || exception is OperationCanceledException)
        {
            _isBroken = true;
        }

        if (_isBroken)
        {
            connection.Abort();
        }

        return !_isBroken;
    }

    /// <summary>Counts content that was written to <see cref="Output"/> directly.</summary>
    public void CountSent(long octets) => Sent += octets;

    private LineRead? TakeLine(ReadResult result, int limit)
    {
        var buffer = result.Buffer;
        switch (LineReader.TryReadLine(buffer, limit, out var line, out var end))
        {
            case ReadStatus.Done:
                var octets = line.ToArray();
                Input.AdvanceTo(end);
                return new(LineReadStatus.Done, octets);
            case ReadStatus.Malformed:
                Input.AdvanceTo(end);
                return new(LineReadStatus.Malformed, []);
            case ReadStatus.TooLong:
                Input.AdvanceTo(buffer.End);
                return new(LineReadStatus.TooLong, []);
            case ReadStatus.NeedMore when result.IsCompleted:
                Input.AdvanceTo(buffer.End);
                return new(LineReadStatus.Closed, []);
            default:
                Input.AdvanceTo(buffer.Start, buffer.End);
                return null;
        }
    }
}
