using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using MailProxy.Protocols;
using MailProxy.Protocols.Milter;
using Xunit;

namespace MailProxy.Proxy.Tests.Milter;

/// <summary>A milter's address on loopback: tells the test what it was shown, and says what the test wants.</summary>
internal sealed class ScriptedMilter : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Channel<string> _seen = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public ScriptedMilter()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>As the configuration names it.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>What it wants not to see or not to answer.</summary>
    public MilterSteps Steps { get; set; }

    /// <summary>What it may do.</summary>
    public MilterActions Actions { get; set; } = (MilterActions)0xFF;

    /// <summary>What it says to a command (its letter): packets, each a letter with its data; nothing: it is silent. Without one: <c>c</c>.</summary>
    public Dictionary<char, string[]> Answers { get; } = [];

    /// <summary>After this command it closes the connection.</summary>
    public char DiesOn { get; set; }

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    /// <summary>The next thing that it was shown, with NULs as bars; macros are left out.</summary>
    public async Task<string> SeeAsync() => await _seen.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>Everything up to a command.</summary>
    public async Task<IReadOnlyList<string>> SeeUntilAsync(char command)
    {
        var seen = new List<string>();
        do
        {
            seen.Add(await SeeAsync());
        }
        while (seen[^1][0] != command);
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Connections++;
                serving.Add(ServeAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var input = System.IO.Pipelines.PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(_stop.Token);
                if (MilterPacket.TryRead(result.Buffer, 1_000_000, out var packet, out var end) != ReadStatus.Done)
                {
                    input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                    if (result.IsCompleted)
                    {
                        return;
                    }

                    continue;
                }

                input.AdvanceTo(end);
                if (!await AnswerAsync(stream, packet))
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            Assert.True(socket is not null);
        }
    }

    private async Task<bool> AnswerAsync(NetworkStream stream, MilterPacket packet)
    {
        var command = (char)packet.Code;
        if (command is 'D')
        {
            return true;
        }

        var output = new ArrayBufferWriter<byte>();
        if (command == 'O')
        {
            var data = new byte[12];
            BinaryPrimitives.WriteUInt32BigEndian(data, 6);
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(4), (uint)Actions);
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(8), (uint)Steps);
            MilterPacket.Write(output, (byte)'O', data);
            await stream.WriteAsync(output.WrittenMemory);
            return true;
        }

        await _seen.Writer.WriteAsync(command + Encoding.Latin1.GetString(packet.Data).Replace('\0', '|'));
        if (command == DiesOn)
        {
            return false;
        }

        foreach (var answer in command is 'Q' or 'A' || IsSilent(command) ? [] : Answers.GetValueOrDefault(command, ["c"]))
        {
            MilterPacket.Write(output, (byte)answer[0], Encoding.Latin1.GetBytes(answer[1..]));
        }

        await stream.WriteAsync(output.WrittenMemory);
        return command != 'Q';
    }

    private bool IsSilent(char command) => command switch
    {
        'L' => Steps.HasFlag(MilterSteps.SilentHeaders),
        'B' => Steps.HasFlag(MilterSteps.SilentBody),
        _ => false,
    };
}
