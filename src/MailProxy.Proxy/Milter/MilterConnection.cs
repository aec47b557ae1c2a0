using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using MailProxy.Protocols;
using MailProxy.Protocols.Milter;

namespace MailProxy.Proxy.Milter;

/// <summary>Packets to and from one milter. Whatever goes wrong is a <see cref="MilterException"/>.</summary>
internal sealed class MilterConnection(Stream stream, TimeProvider time) : IAsyncDisposable
{
    // libmilter sends bodies in 64 KiB and headers of any length; a megabyte is MILTER_MAX_DATA_SIZE's largest.
    private const int PacketLimit = 1024 * 1024;

    private readonly PipeReader _input = PipeReader.Create(stream);
    private readonly ArrayBufferWriter<byte> _output = new();

    /// <summary>What waits to be sent.</summary>
    public IBufferWriter<byte> Output => _output;

    /// <summary>Bounds every limit from now on; null: nothing does.</summary>
    public MilterBudget? Budget { get; set; }

    /// <summary>Sends what waits.</summary>
    public async ValueTask FlushAsync(TimeSpan limit)
    {
        if (_output.WrittenCount == 0)
        {
            return;
        }

        using var deadline = new CancellationTokenSource(Within(ref limit), time);
        try
        {
            await stream.WriteAsync(_output.WrittenMemory, deadline.Token);
            _output.ResetWrittenCount();
        }
        catch (Exception exception) when (IsOfTheNet(exception))
        {
            throw Fault(exception, limit);
        }
    }

    /// <summary>Sends what waits, and reads the next packet.</summary>
    public async ValueTask<MilterPacket> AskAsync(TimeSpan limit)
    {
        await FlushAsync(limit);
        using var deadline = new CancellationTokenSource(Within(ref limit), time);
        try
        {
            while (true)
            {
                var result = await _input.ReadAsync(deadline.Token);
                var status = MilterPacket.TryRead(result.Buffer, PacketLimit, out var packet, out var end);
                _input.AdvanceTo(status == ReadStatus.Done ? end : result.Buffer.Start, status == ReadStatus.Done ? end : result.Buffer.End);
                switch (status)
                {
                    case ReadStatus.Done:
                        return packet;
                    case ReadStatus.NeedMore when !result.IsCompleted:
                        break;
                    default:
                        throw new MilterException(status == ReadStatus.NeedMore ? "it closed the connection" : $"it sent a packet that is {status}");
                }
            }
        }
        catch (Exception exception) when (IsOfTheNet(exception))
        {
            throw Fault(exception, limit);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _input.CompleteAsync();
        await stream.DisposeAsync();
    }

    /// <summary>Faults of the net, and of the time it takes.</summary>
    public static bool IsOfTheNet(Exception exception) => exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    /// <summary>The same as what is told.</summary>
    public static MilterException Failed(Exception exception, TimeSpan limit) => new(
        exception is OperationCanceledException ? $"no answer within {limit.TotalSeconds:0.#} s" : exception.InnerException?.Message ?? exception.Message, exception);

    private static MilterException IsOver(MilterBudget budget, Exception? inner) => new(
        $"no time is left: all milters together have {budget.All.TotalSeconds:0.#} s for a message (Milter:{nameof(MilterOptions.MessageTimeout)})", inner);

    private MilterException Fault(Exception exception, TimeSpan limit) =>
        exception is OperationCanceledException && Budget is { } budget && budget.Left <= TimeSpan.Zero ? IsOver(budget, exception) : Failed(exception, limit);

    private TimeSpan Within(ref TimeSpan limit)
    {
        if (Budget is { } budget && budget.Left is var left && left < limit)
        {
            limit = left > TimeSpan.Zero ? left : throw IsOver(budget, null);
        }

        return limit;
    }
}
