using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Testing;
using MailProxy.Transport;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Proxy.Tests.Rig;

/// <summary>
/// An LMTP store that serves by itself, counts the copies that it has acknowledged, and breaks where it is told to, on the first connection that gets
/// there. A message that it took before from the same sender for the same recipient, with the same body, is acknowledged and not stored again, as by
/// the reference store.
/// </summary>
internal sealed class CountingStore : IAsyncDisposable
{
    private readonly ScriptedStore _listening;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _stored = new();
    private readonly ConcurrentDictionary<string, byte> _known = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;
    private long _after;
    private int _isArmed;
    private int _live;

    public CountingStore(ScriptedStore listening)
    {
        _listening = listening;
        _serving = ServeAllAsync();
    }

    /// <summary>What it offers behind LHLO, besides STARTTLS.</summary>
    public IReadOnlyList<string> Offers { get; init; } = ["PIPELINING", "8BITMIME", "SIZE 1000000000"];

    /// <summary>For STARTTLS; null: not offered.</summary>
    public TlsServerSettings? Tls { get; init; }

    /// <summary>Waits between two pieces of a message, given the octets so far.</summary>
    public Func<long, CancellationToken, ValueTask>? Brake { get; init; }

    /// <summary>Connections now.</summary>
    public int Live => Volatile.Read(ref _live);

    /// <summary>Ends when the trouble has begun.</summary>
    public Task ReachedAsync => _reached.Task;

    /// <summary>Commands that came, but content.</summary>
    public ConcurrentQueue<string> Commands { get; } = new();

    private (StoreStep Step, StoreTrouble Trouble) Plan { get; set; }

    /// <summary>Breaks once, at this step of whichever connection gets there first.</summary>
    /// <param name="step">Where.</param>
    /// <param name="trouble">How.</param>
    /// <param name="after">For <see cref="StoreStep.MidData"/>: octets of the message that come before.</param>
    public void Break(StoreStep step, StoreTrouble trouble, long after = 1)
    {
        (Plan, _after) = ((step, trouble), after);
        Volatile.Write(ref _isArmed, 1);
    }

    /// <summary>A store that stands still reads again.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Copies of a message in a mailbox.</summary>
    /// <param name="mailbox">As RCPT named it.</param>
    /// <param name="body">Its last line, which tells it from others.</param>
    public int CopiesOf(string mailbox, string body) => _stored.GetValueOrDefault($"{mailbox} {body}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening.DisposeAsync();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAllAsync()
    {
        List<Task> talks = [];
        try
        {
            while (true)
            {
                talks.Add(ServeAsync(await _listening.AcceptConnectionAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(talks);
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        Interlocked.Increment(ref _live);
        await using (connection)
        {
            try
            {
                await new Talk(this, connection).RunAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is IOException or ConnectionAbortedException or ConnectionResetException or OperationCanceledException or InvalidOperationException)
            {
                // The proxy cut it, we did, or the test is over.
            }
        }

        Interlocked.Decrement(ref _live);
    }

    private void Take(string sender, string mailbox, ContentTail content)
    {
        if (_known.TryAdd($"{sender} {mailbox} {content.LastLine}", 0))
        {
            _stored.AddOrUpdate($"{mailbox} {content.LastLine}", 1, static (_, count) => count + 1);
        }
    }

    /// <summary>One connection.</summary>
    private sealed class Talk(CountingStore store, ConnectionContext connection)
    {
        private readonly List<string> _recipients = [];
        private string _sender = "";
        private ContentTail? _chunks;

        // It has said no, and is well otherwise.
        private bool _goesOn;

        public async Task RunAsync(CancellationToken stop)
        {
            if (await IsBrokenAsync(StoreStep.Connect, stop))
            {
                return;
            }

            await SayAsync("220 store LMTP");
            while (await ReadLineAsync(stop) is { } line)
            {
                store.Commands.Enqueue(line);
                if (!await ServeAsync(line, stop))
                {
                    return;
                }
            }
        }

        private async ValueTask<bool> ServeAsync(string line, CancellationToken stop)
        {
            switch (line.Split(' ')[0])
            {
                case "LHLO":
                    return await IsBrokenAsync(StoreStep.Hello, stop) ? _goesOn : await SayAsync(string.Join("\r\n", new[] { "store" }.Concat(store.Offers)
                        .Concat(store.Tls is not null && connection.Features.Get<ITlsFeature>() is not { IsEncrypted: true } ? ["STARTTLS"] : [])
                        .Append("OK").Select((word, index) => (word == "OK" ? "250 " : "250-") + word)));
                case "STARTTLS":
                    await SayAsync("220 go");
                    return !await IsBrokenAsync(StoreStep.Tls, stop)
                        && await connection.Features.Get<ITlsFeature>()!.BecomeServerAsync(store.Tls!, stop) == TlsOutcome.Done;
                case "MAIL":
                    _sender = line;
                    _recipients.Clear();
                    _chunks = null;
                    return await IsBrokenAsync(StoreStep.Mail, stop) ? _goesOn : await SayAsync("250 2.1.0 OK");
                case "RCPT":
                    if (await IsBrokenAsync(StoreStep.Recipient, stop))
                    {
                        return _goesOn;
                    }

                    _recipients.Add(line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]);
                    return await SayAsync("250 2.1.5 OK");
                case "DATA":
                    return await IsBrokenAsync(StoreStep.Data, stop) ? _goesOn : await SayAsync("354 go") && await TakeDottedAsync(stop);
                case "BDAT":
                    return await TakeChunkAsync(line, stop);
                case "RSET":
                    _recipients.Clear();
                    return await SayAsync("250 2.0.0 OK");
                case "QUIT":
                    return !await IsBrokenAsync(StoreStep.Quit, stop) && await SayAsync("221 2.0.0 bye") && false;
                default:
                    return await SayAsync("500 5.5.1 what?");
            }
        }

        private async ValueTask<bool> TakeDottedAsync(CancellationToken stop)
        {
            var dots = new DotReader();
            var content = new ContentTail();
            var piece = new ArrayBufferWriter<byte>();
            while (true)
            {
                var result = await connection.Transport.Input.ReadAsync(stop);
                var status = dots.TryRead(result.Buffer, piece, out var consumed);
                connection.Transport.Input.AdvanceTo(consumed);
                content.Add(piece.WrittenSpan);
                piece.ResetWrittenCount();
                if (content.Length >= store._after && await IsBrokenAsync(StoreStep.MidData, stop))
                {
                    return false;
                }

                if (status == ReadStatus.Done)
                {
                    return await DeliverAsync(content, stop);
                }

                if (result.IsCompleted)
                {
                    return false;
                }

                await (store.Brake?.Invoke(content.Length, stop) ?? ValueTask.CompletedTask);
            }
        }

        private async ValueTask<bool> TakeChunkAsync(string line, CancellationToken stop)
        {
            if (_chunks is null && store.Plan.Trouble != StoreTrouble.Defers && await IsBrokenAsync(StoreStep.Data, stop))
            {
                return false;
            }

            _chunks ??= new ContentTail();
            var words = line.Split(' ');
            for (var left = int.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture); left > 0;)
            {
                var result = await connection.Transport.Input.ReadAsync(stop);
                if (result is { IsCompleted: true, Buffer.IsEmpty: true })
                {
                    return false;
                }

                var part = result.Buffer.Slice(0, Math.Min(left, result.Buffer.Length));
                left -= (int)part.Length;
                _chunks.Add(part.ToArray());
                connection.Transport.Input.AdvanceTo(part.End);
                await (store.Brake?.Invoke(_chunks.Length, stop) ?? ValueTask.CompletedTask);
            }

            // RFC 3030 2: a chunk is refused when all of it was read.
            if (await IsBrokenAsync(StoreStep.Data, stop) || (_chunks.Length >= store._after && await IsBrokenAsync(StoreStep.MidData, stop)))
            {
                return _goesOn;
            }

            return words is [_, _, "LAST"] ? await DeliverAsync(_chunks, stop) : await SayAsync("250 2.0.0 chunk");
        }

        private async ValueTask<bool> DeliverAsync(ContentTail content, CancellationToken stop)
        {
            if (await IsBrokenAsync(StoreStep.AfterDot, stop))
            {
                return _goesOn;
            }

            foreach (var mailbox in _recipients)
            {
                store.Take(_sender, mailbox, content);
                await SayAsync("250 2.1.5 stored");
            }

            return true;
        }

        // True: the connection is of no use any more. A store that defers goes on.
        private async ValueTask<bool> IsBrokenAsync(StoreStep step, CancellationToken stop)
        {
            if (store.Plan.Step != step || Interlocked.CompareExchange(ref store._isArmed, 0, 1) == 0)
            {
                return false;
            }

            store._reached.TrySetResult();
            switch (store.Plan.Trouble)
            {
                case StoreTrouble.Resets:
                    connection.Abort();
                    return true;
                case StoreTrouble.Stalls:
                    await store._released.Task.WaitAsync(stop);
                    await DrainAsync(stop);
                    return true;
                case StoreTrouble.TalksNonsense:
                    await SayAsync("@#$!");
                    await DrainAsync(stop);
                    return true;
                case StoreTrouble.Defers:
                    await SayAsync("451 4.3.0 not now");
                    _goesOn = true;
                    return true;
                default:
                    return true;
            }
        }

        private async Task DrainAsync(CancellationToken stop)
        {
            while (await connection.Transport.Input.ReadAsync(stop) is { IsCompleted: false } result)
            {
                connection.Transport.Input.AdvanceTo(result.Buffer.End);
            }
        }

        private async ValueTask<bool> SayAsync(string text)
        {
            await connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text + "\r\n"));
            return true;
        }

        private async ValueTask<string?> ReadLineAsync(CancellationToken stop)
        {
            var input = connection.Transport.Input;
            while (true)
            {
                var result = await input.ReadAsync(stop);
                if (result.Buffer.PositionOf((byte)'\n') is { } end)
                {
                    var line = Encoding.Latin1.GetString(result.Buffer.Slice(0, end)).TrimEnd('\r');
                    input.AdvanceTo(result.Buffer.GetPosition(1, end));
                    return line;
                }

                if (result.IsCompleted)
                {
                    return null;
                }

                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
    }
}
