using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Store.Access;
using MailProxy.Store.Engine;
using MailProxy.Store.Serving;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace MailProxy.Store.Lmtp;

/// <summary>One LMTP connection from greeting to goodbye: one loop, a table of commands, and the state they share.</summary>
internal sealed class LmtpSession : IAsyncDisposable
{
    // RFC 5321 4.5.3.1.4 gives 512 octets; SIZE, BODY, SMTPUTF8 and XCLIENT's attributes add theirs.
    private const int LineLimit = 2_048;

    private static readonly FrozenDictionary<string, Func<LmtpSession, ReadOnlySequence<byte>, ValueTask>> Commands =
        new Dictionary<string, Func<LmtpSession, ReadOnlySequence<byte>, ValueTask>>
        {
            ["LHLO"] = static (session, argument) => session.HelloAsync(argument),
            ["STARTTLS"] = static (session, argument) => session.StartTlsAsync(argument),
            ["XCLIENT"] = static (session, argument) => session.IdentifyAsync(argument),
            ["MAIL"] = static (session, argument) => session.MailAsync(argument),
            ["RCPT"] = static (session, argument) => session.Recipient(argument),
            ["DATA"] = static (session, argument) => session.DataAsync(argument),
            ["BDAT"] = static (session, argument) => session.ChunkAsync(argument),
            ["RSET"] = static async (session, _) =>
            {
                await session.ForgetAsync();
                session.Write(250, "2.0.0 OK");
            },
            ["NOOP"] = static (session, _) => session.Say(250, "2.0.0 OK"),
            ["VRFY"] = static (session, _) => session.Say(252, "2.1.5 Send the mail and see."),
            ["QUIT"] = static (session, _) =>
            {
                session.End("client (QUIT)");
                return session.Say(221, "2.0.0 Bye.");
            },
        }.ToFrozenDictionary();

    private readonly IStoreEngine _engine;
    private readonly StoreAccess _access;
    private readonly LmtpServerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly LineConnection _peer;
    private readonly LmtpReceiver _receiver;
    private bool _hasGreeted;
    private string _origin = "itself";
    private string? _end;
    private int _junk;
    private int _messages;
    private LmtpEnvelope? _envelope;
    private LmtpMessage? _chunked;

    public LmtpSession(
        ConnectionContext connection, IStoreEngine engine, StoreAccess access, LmtpServerOptions options, ILogger logger, TimeProvider time)
    {
        _engine = engine;
        _access = access;
        _options = options;
        _logger = logger;
        _time = time;
        _start = time.GetTimestamp();
        _peer = new(connection, options.WriteLimit, time);
        _receiver = new(_peer, options.DataIdleLimit);
    }

    private string ClientName => _peer.Connection.RemoteEndPoint?.ToString() ?? "?";

    private bool IsTrusted => _access.IsTrusted(_peer.Connection);

    private bool MayStartTls => _options.StartTls is not null && _peer.Tls is { IsEncrypted: false };

    /// <summary>Greets, serves, ends.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Greet();
        while (_end is null)
        {
            var read = await _peer.ReadLineAsync(LineLimit, _options.IdleLimit, stop);
            switch (read.Status)
            {
                case LineReadStatus.Done:
                    await ServeAsync(read.Line);
                    break;
                case LineReadStatus.Malformed:
                    await Refuse(500, "5.5.2 Lines end in CRLF and hold no NUL.");
                    break;
                case LineReadStatus.TooLong:
                    Bid(500, "5.5.6 Line too long, goodbye.", "line too long");
                    break;
                case LineReadStatus.Idle:
                    Bid(421, "4.4.2 Idle for too long, goodbye.", "idle");
                    break;
                case LineReadStatus.Stopping:
                    Bid(421, "4.3.2 This server is shutting down, please connect again.", "shutdown");
                    break;
                default:
                    End("client");
                    break;
            }
        }

        await _peer.FlushAsync();
        LmtpLog.Ended(_logger, ClientName, _origin, _end, _messages, _time.GetElapsedTime(_start).TotalSeconds);
    }

    /// <summary>Drops what was not delivered.</summary>
    public ValueTask DisposeAsync() => ForgetAsync();

    private async ValueTask ServeAsync(byte[] line)
    {
        if (SmtpCommand.TryParse(new ReadOnlySequence<byte>(line), out var command) != ReadStatus.Done || !Commands.TryGetValue(command.Verb, out var run))
        {
            // RFC 2033 4.1: HELO and EHLO get no positive reply here.
            await Refuse(500, "5.5.1 Unknown command.");
            return;
        }

        await run(this, command.Argument);
    }

    private void Greet() => Write(220, $"{_options.HostName} LMTP");

    private void Write(int code, string text) => _peer.Write(SmtpReplyWriter.Format(code, [text]));

    private ValueTask Say(int code, string text)
    {
        Write(code, text);
        return ValueTask.CompletedTask;
    }

    private ValueTask Refuse(int code, string text)
    {
        Write(code, text);
        if (++_junk >= _options.JunkLimit)
        {
            Bid(421, "4.7.0 Too many errors, goodbye.", "too many errors");
        }

        return ValueTask.CompletedTask;
    }

    private void Bid(int code, string text, string why)
    {
        Write(code, text);
        End(why);
    }

    private void End(string why) => _end ??= why;

    private async ValueTask ForgetAsync()
    {
        _envelope = null;
        if (_chunked is { } message)
        {
            _chunked = null;
            await message.DisposeAsync();
        }
    }

    private async ValueTask HelloAsync(ReadOnlySequence<byte> argument)
    {
        if (argument.IsEmpty)
        {
            await Refuse(501, "5.5.4 LHLO takes your host name.");
            return;
        }

        await ForgetAsync();
        _hasGreeted = true;
        var lines = new List<string>
        {
            _options.HostName, "PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", "CHUNKING",
            string.Create(CultureInfo.InvariantCulture, $"SIZE {_options.MessageSizeLimit}"),
        };
        if (MayStartTls)
        {
            lines.Add("STARTTLS");
        }

        if (IsTrusted)
        {
            lines.Add("XCLIENT ADDR PORT SESSION TTL");
        }

        _peer.Write(SmtpReplyWriter.Format(250, lines));
    }

    private async ValueTask StartTlsAsync(ReadOnlySequence<byte> argument)
    {
        if (!MayStartTls || !argument.IsEmpty)
        {
            await Refuse(argument.IsEmpty ? 502 : 501, "5.5.1 TLS is not available so.");
            return;
        }

        await Say(220, "2.0.0 Begin TLS now.");
        if (!await _peer.FlushAsync())
        {
            End("client");
            return;
        }

        using var deadline = new CancellationTokenSource(_options.HandshakeLimit, _time);
        var outcome = await _peer.Tls!.BecomeServerAsync(_options.StartTls!, deadline.Token);
        if (outcome != TlsOutcome.Done)
        {
            // What came in clear behind STARTTLS is an injection: nothing of it is answered.
            _peer.Connection.Abort();
            End($"TLS {outcome}");
            return;
        }

        // RFC 3207 4.2: what was learnt in clear is forgotten.
        await RestartAsync("itself");
    }

    private async ValueTask IdentifyAsync(ReadOnlySequence<byte> argument)
    {
        if (!IsTrusted)
        {
            await Refuse(550, "5.7.1 XCLIENT is for trusted proxies.");
        }
        else if (_envelope is not null)
        {
            await Refuse(503, "5.5.1 Not within a transaction.");
        }
        else if (Xclient.TryParse(argument, out var xclient) != ReadStatus.Done)
        {
            await Refuse(501, "5.5.4 Invalid XCLIENT attributes.");
        }
        else
        {
            // Postfix's XCLIENT_README: the session starts over, with a greeting.
            await RestartAsync($"{xclient!.Address?.ToString() ?? "unknown"}:{xclient.Port?.ToString(CultureInfo.InvariantCulture) ?? "?"} session {xclient.Session}");
            Greet();
        }
    }

    private ValueTask RestartAsync(string origin)
    {
        _origin = origin;
        _hasGreeted = false;
        return ForgetAsync();
    }

    private ValueTask MailAsync(ReadOnlySequence<byte> argument)
    {
        if (!_hasGreeted || _envelope is not null)
        {
            return Refuse(503, _hasGreeted ? "5.5.1 A transaction is open already." : "5.5.1 LHLO comes first.");
        }

        if (!IsTrusted)
        {
            LmtpLog.NotTrusted(_logger, ClientName);
            return MayStartTls
                ? Refuse(530, "5.7.0 Start TLS with a client certificate first.")
                : Refuse(550, "5.7.1 This store takes mail from its proxies only.");
        }

        _envelope = LmtpEnvelope.TryBegin(argument, _options.MessageSizeLimit, out var reply);
        return Reply(reply);
    }

    private ValueTask Recipient(ReadOnlySequence<byte> argument) =>
        _envelope is null || _chunked is not null
            ? Refuse(503, "5.5.1 MAIL comes first.")
            : Reply(_envelope.Add(argument, _options.RecipientLimit));

    private ValueTask Reply(LmtpReply reply)
    {
        if (!reply.IsPositive)
        {
            return Refuse(reply.Code, reply.Text);
        }

        _junk = 0;
        return Say(reply.Code, reply.Text);
    }

    private async ValueTask DataAsync(ReadOnlySequence<byte> argument)
    {
        if (!argument.IsEmpty)
        {
            await Refuse(501, "5.5.4 DATA takes nothing.");
            return;
        }

        // RFC 2033 4.2: without a recipient that was taken DATA fails.
        if (_chunked is not null || _envelope is not { Recipients.Count: > 0 })
        {
            await Refuse(503, _chunked is null ? "5.5.1 RCPT comes first." : "5.5.1 BDAT has begun.");
            return;
        }

        await using var message = await TryBeginAsync(_envelope);
        if (message is null)
        {
            return;
        }

        await Say(354, "Go ahead, end with a lone dot.");
        if (await _receiver.ReceiveDottedAsync(message))
        {
            await DeliverAsync(_envelope, message);
        }
        else
        {
            await Vanish();
        }
    }

    private async ValueTask ChunkAsync(ReadOnlySequence<byte> argument)
    {
        var status = BdatChunk.TryParse(argument, out var chunk);
        if (status != ReadStatus.Done)
        {
            // How many octets follow cannot be told, so the connection cannot go on.
            Bid(501, "5.5.4 BDAT takes a size and LAST, goodbye.", "bad BDAT");
            return;
        }

        if (_envelope is not { Recipients.Count: > 0 })
        {
            // RFC 3030 2: the octets have been sent whatever the reply will be.
            await (await _receiver.ReceiveChunkAsync(null, chunk.Size) ? Refuse(503, "5.5.1 RCPT comes first.") : Vanish());
            return;
        }

        var envelope = _envelope;
        _chunked ??= await TryBeginAsync(envelope, chunk.Size);
        if (_chunked is null)
        {
            return;
        }

        if (!await _receiver.ReceiveChunkAsync(_chunked, chunk.Size))
        {
            await Vanish();
        }
        else if (chunk.IsLast)
        {
            await DeliverAsync(envelope, _chunked);
        }
        else
        {
            await Say(250, string.Create(CultureInfo.InvariantCulture, $"2.0.0 {chunk.Size} octets received"));
        }
    }

    // Null: the reply was given, the transaction is over, and a chunk that came along is gone.
    private async ValueTask<LmtpMessage?> TryBeginAsync(LmtpEnvelope envelope, long chunk = 0)
    {
        try
        {
            return await LmtpMessage.BeginAsync(_engine, envelope, _options.MessageSizeLimit);
        }
        catch (Exception exception)
        {
            LmtpLog.StoreFailed(_logger, exception, "beginning a message", string.Join(", ", envelope.Recipients));
            var reply = LmtpMessage.Describe(exception);
            await ForgetAsync();
            await (await _receiver.ReceiveChunkAsync(null, chunk) ? Say(reply.Code, reply.Text) : Vanish());
            return null;
        }
    }

    private ValueTask Vanish()
    {
        LmtpLog.Vanished(_logger, ClientName);
        End("client within a message");
        return ValueTask.CompletedTask;
    }

    // RFC 2033 4.2: one reply for each RCPT that was taken, in their order.
    private async ValueTask DeliverAsync(LmtpEnvelope envelope, LmtpMessage message)
    {
        var reply = await message.DeliverAsync();
        var recipients = string.Join(", ", envelope.Recipients);
        if (message.Fault is not null)
        {
            LmtpLog.StoreFailed(_logger, message.Fault, "taking a message", recipients);
        }

        LmtpLog.Answered(_logger, ClientName, _origin, envelope.Sender, recipients, message.Size, reply.Code, reply.Text);
        _messages += reply.IsPositive ? 1 : 0;
        foreach (var recipient in envelope.Recipients)
        {
            await Say(reply.Code, reply.IsPositive ? $"2.1.5 <{recipient}> delivered" : reply.Text);
        }

        await ForgetAsync();
    }
}
