using System.Buffers;
using MailProxy.Transport.Connections;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Transport.Tests;

/// <summary>A connection as a stream, for peers that speak TLS by themselves.</summary>
internal sealed class ConnectionStream(ConnectionContext connection) : AsyncStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await connection.Transport.Input.ReadAsync(cancellationToken);
        var taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        taken.CopyTo(buffer.Span);
        connection.Transport.Input.AdvanceTo(taken.End);
        return (int)taken.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await connection.Transport.Output.WriteAsync(buffer, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer) => throw new NotSupportedException();
}
