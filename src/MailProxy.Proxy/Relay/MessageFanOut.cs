using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Sessions;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// Streams one message to all targets at once: each piece is passed on to everyone before the next is read, so the slowest store sets the pace
/// and nothing is spooled. Once the message is refused (too large, a loop, bare CR or LF) the targets are cut and the rest is only counted.
/// </summary>
internal sealed class MessageFanOut(IReadOnlyList<RelayTarget> first, LimitOptions limits, TimeProvider time)
{
    // RFC 5321 6.3: "a large threshold, normally at least 100".
    private const int HopLimit = 100;

    private readonly HopCounter _hops = new();
    private readonly LineEndScanner _lines = new();
    private IReadOnlyList<RelayTarget> _targets = first;

    /// <summary>Octets of the client's message so far.</summary>
    public long Size { get; private set; }

    /// <summary>True when a target broke already, before the end of the message.</summary>
    public bool IsBroken => _targets.Any(target => target.Fault is not null);

    /// <summary>Why the message as a whole is refused; null while it is not.</summary>
    public RelayReply? Refusal { get; private set; }

    /// <summary>Asks all stores for the go-ahead and sends the trace header.</summary>
    public async ValueTask BeginAsync(ReadOnlyMemory<byte> trace)
    {
        using var deadline = new CancellationTokenSource(limits.StoreLogin, time);
        await Task.WhenAll(_targets.Select(target => target.BeginAsync(deadline.Token).AsTask()));
        await WriteToAllAsync(trace);
    }

    /// <summary>From now on these get it: those of before have heard nothing of the message.</summary>
    public void Aim(IReadOnlyList<RelayTarget> others) => _targets = others;

    /// <summary>Passes on a piece that was judged before.</summary>
    public ValueTask PassOnAsync(ReadOnlyMemory<byte> piece) => WriteToAllAsync(piece);

    /// <summary>Passes on a piece, dot-stuffing already removed.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> piece)
    {
        Size += piece.Length;
        if (Refusal is not null)
        {
            return;
        }

        _hops.Read(piece.Span);
        _lines.Scan(piece.Span);
        Judge();
        if (Refusal is null)
        {
            await WriteToAllAsync(piece);
        }
    }

    /// <summary>The client sent something that is no message: it is refused at its end.</summary>
    public void RefuseLines() => Refusal ??= new RelayReply(554, "5.6.0 Lines end in CRLF; a bare CR or LF is not accepted.");

    /// <summary>The whole message is here: lets the stores have it, and collects their verdicts. Not to be called after a refusal.</summary>
    public async ValueTask<IReadOnlyDictionary<RelayTarget, IReadOnlyList<RelayReply>>> EndAsync()
    {
        using var deadline = new CancellationTokenSource(limits.RelayVerdict, time);
        var verdicts = await Task.WhenAll(_targets.Select(async target => (target, replies: await target.EndAsync(deadline.Token))));
        return verdicts.ToDictionary(entry => entry.target, entry => entry.replies);
    }

    /// <summary>Nothing more comes: judges what can only be judged at the end.</summary>
    public void Complete()
    {
        _lines.End();
        Judge();
    }

    private void Judge()
    {
        if (_lines.HasBareLineEnd)
        {
            RefuseLines();
        }
        else if (Size > limits.MessageSize)
        {
            Refusal ??= new RelayReply(552, $"5.3.4 The message is larger than {limits.MessageSize} octets.");
        }
        else if (_hops.Hops > HopLimit)
        {
            Refusal ??= new RelayReply(554, "5.4.6 Too many hops: this message goes round in circles.");
        }
    }

    private async ValueTask WriteToAllAsync(ReadOnlyMemory<byte> piece)
    {
        using var deadline = new CancellationTokenSource(limits.RelayIdle, time);
        if (_targets.Count == 1)
        {
            await _targets[0].WriteAsync(piece, deadline.Token);
            return;
        }

        await Task.WhenAll(_targets.Select(target => target.WriteAsync(piece, deadline.Token).AsTask()));
    }
}
