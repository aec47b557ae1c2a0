using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Imap;
using MailProxy.Protocols.Lines;
using MailProxy.Store.Mime;
using MailProxy.Store.Serving;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Store.Imap.Session;

/// <summary>
/// The client's end of a session: commands in, responses out, each read and each flush under a deadline.
/// A client that is gone is a <see cref="ConnectionAbortedException"/>, one that is too slow an <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed class ImapWire : IDisposable
{
    // RFC 7162 4 recommends 8,192 for a line; mbsync and phones send UID lists of ten times that.
    // Literals: mailbox names, search strings, header names. Only APPEND's message is longer, and it is streamed.
    private static readonly ImapReadLimits Limits = new(Line: 65_536, Literal: 8_192, Total: 131_072, Literals: 64);

    // Half of what a pipe holds before it makes the writer wait.
    private const int FlushThreshold = 32_768;

    private readonly ConnectionContext _connection;
    private readonly TimeSpan _stallLimit;
    private readonly CancellationTokenSource _readDeadline;
    private readonly CancellationTokenSource _writeDeadline;
    private readonly CancellationTokenSource _read;
    private readonly CancellationTokenSource _write;

    /// <summary>Reads stop when <paramref name="stop"/> is cancelled; writes do not, so that a command under way can be answered.</summary>
    public ImapWire(ConnectionContext connection, TimeSpan stallLimit, TimeProvider time, CancellationToken stop)
    {
        _connection = connection;
        _stallLimit = stallLimit;
        _readDeadline = new(Timeout.InfiniteTimeSpan, time);
        _writeDeadline = new(Timeout.InfiniteTimeSpan, time);
        _read = CancellationTokenSource.CreateLinkedTokenSource(stop, connection.ConnectionClosed, _readDeadline.Token);
        _write = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, _writeDeadline.Token);
    }

    /// <summary>The connection.</summary>
    public ConnectionContext Connection => _connection;

    /// <summary>Where responses are put; fetched anew, because a TLS upgrade replaces it.</summary>
    public PipeWriter Output => _connection.Transport.Output;

    /// <summary>Cancelled when the client is gone.</summary>
    public CancellationToken Gone => _write.Token;

    /// <summary>True while part of an announced literal is still to be sent: nothing else can be said then.</summary>
    public bool IsMidLiteral { get; private set; }

    private PipeReader Input => _connection.Transport.Input;

    /// <summary>Reads the next command, inviting its literals.</summary>
    public async ValueTask<ImapInput> ReadCommandAsync(TimeSpan limit)
    {
        var invited = 0;
        while (true)
        {
            var result = await ReadAsync(limit);
            var buffer = result.Buffer;
            var status = ImapCommandReader.TryRead(buffer, Limits, out var frame);
            switch (status)
            {
                case ImapReadStatus.Done:
                    var parsed = ImapCommand.TryParse(frame.Bytes, out var command, out var tag);
                    Input.AdvanceTo(frame.End);
                    return parsed == ReadStatus.Done ? new(ImapInputKind.Command, command!.Tag, command) : new(ImapInputKind.Malformed, tag ?? "*");
                case ImapReadStatus.Malformed:
                    _ = ImapCommand.TryParse(buffer.Slice(0, frame.End), out _, out var badTag);
                    Input.AdvanceTo(frame.End);
                    return new(ImapInputKind.Malformed, badTag ?? "*");
                case ImapReadStatus.TooLong:
                    var stopped = StopAtLiteral(frame);
                    Input.AdvanceTo(stopped.Kind == ImapInputKind.TooLong ? buffer.End : frame.End);
                    return stopped;
            }

            Input.AdvanceTo(buffer.Start, buffer.End);
            if (status == ImapReadStatus.NeedLiteral && frame.PendingIsSynchronizing && frame.LiteralCount > invited)
            {
                invited = frame.LiteralCount;
                await WriteAndFlushAsync("+ Ready.\r\n");
            }
            else if (result.IsCompleted)
            {
                return new(ImapInputKind.Closed);
            }
        }
    }

    /// <summary>Reads one line, without its CRLF; null when it is none or too long, or the client closed.</summary>
    public async ValueTask<byte[]?> ReadLineAsync(int limit, TimeSpan within)
    {
        while (true)
        {
            var result = await ReadAsync(within);
            var buffer = result.Buffer;
            var status = LineReader.TryReadLine(buffer, limit, out var line, out var end);
            var octets = status == ReadStatus.Done ? line.ToArray() : null;
            if (status == ReadStatus.NeedMore && !result.IsCompleted)
            {
                Input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            Input.AdvanceTo(status is ReadStatus.Done or ReadStatus.Malformed ? end : buffer.End);
            return octets;
        }
    }

    /// <summary>Hands over the octets of a literal as they come.</summary>
    public async ValueTask ReadLiteralAsync(PendingLiteral literal, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take)
    {
        for (var left = literal.Size; left > 0;)
        {
            var result = await ReadAsync(_stallLimit);
            var here = result.Buffer.Slice(0, Math.Min(left, result.Buffer.Length));
            foreach (var part in here)
            {
                await take(part, Gone);
            }

            left -= here.Length;
            Input.AdvanceTo(here.End);
            if (left > 0 && result.IsCompleted)
            {
                throw new ConnectionAbortedException("The client closed within a literal.");
            }
        }
    }

    /// <summary>Waits for anything to read without consuming it. True when there is, or the client closed.</summary>
    public async Task<bool> WaitForInputAsync(TimeSpan limit)
    {
        var result = await ReadAsync(limit);
        Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
        return result.IsCompleted || !result.Buffer.IsEmpty;
    }

    /// <summary>Puts text behind what waits to be sent; as UTF-8.</summary>
    public void Write(string text) => Encoding.UTF8.GetBytes(text, Output);

    /// <summary>Puts octets behind what waits to be sent.</summary>
    public void Write(ReadOnlySpan<byte> octets) => Output.Write(octets);

    /// <summary>Writes a literal: its header, then octets of the stream.</summary>
    public async ValueTask WriteLiteralAsync(Stream content, IReadOnlyList<OctetRange> ranges)
    {
        Write(string.Create(CultureInfo.InvariantCulture, $"{{{ranges.Sum(range => range.Length)}}}\r\n"));
        IsMidLiteral = true;
        foreach (var range in ranges)
        {
            if (range.IsBlankLine)
            {
                Write("\r\n"u8[(int)(range.Offset + 2)..][..(int)range.Length]);
            }
            else
            {
                await CopyAsync(content, range);
            }
        }

        IsMidLiteral = false;
    }

    /// <summary>Sends what waits if that is much.</summary>
    public ValueTask FlushIfMuchAsync() => Output.UnflushedBytes > FlushThreshold ? FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Sends what waits.</summary>
    public async ValueTask FlushAsync()
    {
        _writeDeadline.CancelAfter(_stallLimit);
        try
        {
            if ((await Output.FlushAsync(Gone)).IsCompleted)
            {
                throw new ConnectionAbortedException("The client is gone.");
            }
        }
        catch (Exception exception) when (PeerFaults.IsOne(exception) && exception is not ConnectionAbortedException)
        {
            throw new ConnectionAbortedException("The client is gone.", exception);
        }
        finally
        {
            _writeDeadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes and sends.</summary>
    public ValueTask WriteAndFlushAsync(string text)
    {
        Write(text);
        return FlushAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
        _readDeadline.Dispose();
        _writeDeadline.Dispose();
    }

    // The message of an APPEND is left where it is; of other commands a literal of that length is refused.
    private static ImapInput StopAtLiteral(ImapCommandFrame frame)
    {
        if (frame.PendingLiteral < 0)
        {
            return new(ImapInputKind.TooLong);
        }

        _ = ImapCommand.TryParse(frame.Bytes, out var command, out var tag);
        return command is { Verb: "APPEND" }
            ? new(ImapInputKind.Streaming, command.Tag, command, new(frame.PendingLiteral, frame.PendingIsSynchronizing))
            : new(frame.PendingIsSynchronizing ? ImapInputKind.Refused : ImapInputKind.TooLong, tag ?? "*");
    }

    private async ValueTask<ReadResult> ReadAsync(TimeSpan limit)
    {
        _readDeadline.CancelAfter(limit);
        try
        {
            return await Input.ReadAsync(_read.Token);
        }
        catch (Exception exception) when (PeerFaults.IsOne(exception))
        {
            throw new ConnectionAbortedException("The client is gone.", exception);
        }
        finally
        {
            _readDeadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask CopyAsync(Stream content, OctetRange range)
    {
        content.Position = range.Offset;
        for (var left = range.Length; left > 0;)
        {
            var memory = Output.GetMemory(16_384);
            var read = await content.ReadAsync(memory[..(int)Math.Min(left, memory.Length)], Gone);
            if (read == 0)
            {
                throw new EndOfStreamException("A message became shorter while it was sent.");
            }

            Output.Advance(read);
            left -= read;
            await FlushIfMuchAsync();
        }
    }
}
