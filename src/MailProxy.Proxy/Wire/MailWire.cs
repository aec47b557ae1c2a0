using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Lines;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Wire;

/// <summary>One side of a dialogue: reads what grammars find, writes text. It consumes exactly what was parsed; the rest stays for the next read or for the splice.</summary>
internal sealed class MailWire(ConnectionContext connection)
{
    private WireParser<byte[]>? _lineParser;
    private int _lineLimit;

    /// <summary>The connection itself.</summary>
    public ConnectionContext Connection => connection;

    /// <summary>Where to read. Fetched anew each time: a TLS upgrade replaces it.</summary>
    public PipeReader Input => connection.Transport.Input;

    /// <summary>Where to write; nothing is sent before a flush.</summary>
    public PipeWriter Output => connection.Transport.Output;

    /// <summary>Reads one value by its grammar.</summary>
    public async ValueTask<WireRead<T>> ReadAsync<T>(WireParser<T> parser, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await Input.ReadAsync(cancellationToken);
                var buffer = result.Buffer;
                switch (parser(buffer, out var value, out var end))
                {
                    case ReadStatus.Done:
                        Input.AdvanceTo(end);
                        return new(WireStatus.Done, value);
                    case ReadStatus.Malformed:
                        Input.AdvanceTo(end);
                        return new(WireStatus.Malformed, value);
                    case ReadStatus.TooLong:
                        Input.AdvanceTo(buffer.Start);
                        return new(WireStatus.TooLong, value);
                    case ReadStatus.NeedMore when result.IsCompleted:
                        Input.AdvanceTo(buffer.End);
                        return new(WireStatus.Closed, value);
                    default:
                        Input.AdvanceTo(buffer.Start, buffer.End);
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or InvalidOperationException { Source: "System.IO.Pipelines" })
        {
            return new(WireStatus.Closed, default);
        }
    }

    /// <summary>Reads one CRLF line of at most <paramref name="limit"/> octets as octets of its own.</summary>
    public ValueTask<WireRead<byte[]>> ReadLineAsync(int limit, CancellationToken cancellationToken)
    {
        // One limit or two in the life of a connection: the parser that knows it is kept.
        if (_lineParser is null || _lineLimit != limit)
        {
            (_lineParser, _lineLimit) = (TryReadLine, limit);
        }

        return ReadAsync(_lineParser, cancellationToken);
    }

    /// <summary>The next line, if all of it was received already; false: whatever is there is for <see cref="ReadLineAsync"/>.</summary>
    public bool TryReadLine(int limit, out byte[] line)
    {
        line = [];
        if (!Input.TryRead(out var result))
        {
            return false;
        }

        var isLine = LineReader.TryReadLine(result.Buffer, limit, out var octets, out var end) == ReadStatus.Done;
        line = isLine ? octets.ToArray() : line;
        Input.AdvanceTo(isLine ? end : result.Buffer.Start);
        return isLine;
    }

    /// <summary>Puts text behind what waits to be sent. Octets above 0x7F go as UTF-8.</summary>
    public MailWire Write(string text)
    {
        Encoding.UTF8.GetBytes(text, Output);
        return this;
    }

    /// <summary>Puts octets behind what waits to be sent.</summary>
    public MailWire Write(ReadOnlySpan<byte> octets)
    {
        Output.Write(octets);
        return this;
    }

    /// <summary>Sends what waits. False when the peer is gone.</summary>
    public ValueTask<bool> FlushAsync(CancellationToken cancellationToken) => SendAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>Sends what waits and then these octets, which must stay as they are until this has ended. False when the peer is gone.</summary>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        try
        {
            var result = octets.IsEmpty ? await Output.FlushAsync(cancellationToken) : await Output.WriteAsync(octets, cancellationToken);
            return !result.IsCompleted;
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException or InvalidOperationException { Source: "System.IO.Pipelines" })
        {
            return false;
        }
    }

    /// <summary>Writes and sends.</summary>
    public ValueTask<bool> SendAsync(string text, CancellationToken cancellationToken) => Write(text).FlushAsync(cancellationToken);

    private ReadStatus TryReadLine(in ReadOnlySequence<byte> buffer, out byte[]? value, out SequencePosition end)
    {
        var status = LineReader.TryReadLine(buffer, _lineLimit, out var line, out end);
        value = status == ReadStatus.Done ? line.ToArray() : null;
        return status;
    }
}
