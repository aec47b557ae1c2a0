using System.IO.Pipelines;

namespace MailProxy.Transport.Connections;

/// <summary>A connection's <c>Transport</c>: pipes over its stream that hold no buffer while they wait.</summary>
internal sealed class ConnectionPipes : IDuplexPipe
{
    // A typical message is one read; a connection that waits holds no buffer, whatever its size.
    private const int ReadOctets = 16 * 1024;

    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: ReadOctets, leaveOpen: true, useZeroByteReads: true);

    private readonly Action _detach;

    /// <summary>Pipes over <paramref name="stream"/>: the bare channel, or TLS on it.</summary>
    public ConnectionPipes(MailConnection connection, Stream stream)
    {
        var sendSide = new SendSide(connection, stream);
        _detach = sendSide.Detach;
        Input = PipeReader.Create(stream, ReaderOptions);
        Output = PipeWriter.Create(sendSide);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>
    /// What was received and not consumed, examined or not. Release it by <c>Input.AdvanceTo</c>. A plain TryRead would hide bytes
    /// that were examined and left: exactly those that an attacker puts behind STARTTLS.
    /// </summary>
    public bool TryTakeReadAhead(out ReadResult result)
    {
        Input.CancelPendingRead();
        return Input.TryRead(out result) && !result.Buffer.IsEmpty;
    }

    /// <summary>Gives the buffers back without ending the direction: another pair takes over. Output must have been flushed.</summary>
    public async ValueTask RetireAsync()
    {
        _detach();
        await Output.CompleteAsync();
        await Input.CompleteAsync();
    }
}
