using System.Buffers;
using System.Globalization;
using System.Text;
using MailProxy.Directory;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Submission;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>
/// The server side of SMTP (MX, submission after login) and LMTP: one loop over commands, one transaction at a time (RFC 5321 4.1, RFC 2033).
/// </summary>
/// <param name="session">The session.</param>
/// <param name="services">What sessions share.</param>
/// <param name="settings">Listener, TLS and limits.</param>
/// <param name="wire">The client.</param>
/// <param name="submitter">Who logged in; null on MX and LMTP.</param>
/// <param name="helo">What the client called itself before login; empty: it has not yet.</param>
internal sealed class RelayDialogue(
    SessionContext session, SessionServices services, DialogueSettings settings, MailWire wire, DirectoryUser? submitter, string helo) : IAsyncDisposable
{
    private readonly RelayPolicy _policy = RelayPolicy.Of(session.Listener.Protocol!.Value, submitter, services.Settings.Relay);
    private readonly EnvelopeParser _parser = new(settings.Limits.MessageSize, services.Settings.Relay);
    private readonly RelayClient _client = new(wire, session, settings, services.Time);
    private readonly SubmissionRules? _rules = submitter is null ? null : new(submitter, session, services, settings.Deadline);
    private RecipientCommands? _recipientCommands;
    private string _helo = helo;
    private RelayTransaction? _transaction;
    private MilterChain? _milters;
    private MessageReceiver? _receiver;
    private bool _isChunked;
    private int _junk;
    private int _refused;
    private int _messages;
    private long _idleSince = services.Time.GetTimestamp();
    private bool _isAnswered;
    private bool _isOver;

    /// <summary>Serves commands until the session ends.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        session.Enter(SessionPhase.Relaying);
        settings.Deadline.LoggedIn();
        while (!_isOver)
        {
            var line = await ReadLineAsync();
            var reply = line.Status switch
            {
                WireStatus.Closed => null,
                WireStatus.TooLong => End(ProxyFailure.LineTooLong),
                WireStatus.Malformed => Junk("500 5.5.2 Lines end in CRLF and hold no NUL.\r\n"),
                _ when HttpVerbs.StartsHttp(line.Value) => End(ProxyFailure.ClientProtocolError),
                _ => await ServeAsync(line.Value!, stop),
            };
            if (_isOver && reply is not null)
            {
                // The end of the connection sends it, and goes with it.
                _client.LastWords(reply);
                return;
            }

            if (reply is null || !await _client.AnswerAsync(reply, isAtOnce: _isAnswered))
            {
                session.EndedBy = session.EndedBy.Length > 0 ? session.EndedBy : "client closed";
                return;
            }

            if (_isAnswered)
            {
                // Whoever sends mail may say NOOP in between, for as long as it likes.
                (_junk, _idleSince) = (0, services.Time.GetTimestamp());
                await ResetAsync();
            }
        }
    }

    /// <summary>Cuts an open transaction.</summary>
    public ValueTask DisposeAsync() => ResetAsync();

    // Between commands the session ends with the node; a client that says nothing for RelayIdle hears 421.
    private async ValueTask<WireRead<byte[]>> ReadLineAsync()
    {
        var left = settings.Limits.RelayEnvelope - services.Time.GetElapsedTime(_idleSince);
        using var idle = settings.Deadline.Within(left < settings.Limits.RelayIdle ? left : settings.Limits.RelayIdle);
        try
        {
            return await _client.NextLineAsync(settings.Deadline.Token);
        }
        catch (OperationCanceledException) when (idle.HasPassed)
        {
            _client.LastWords(End(ProxyFailure.ClientTimeout));
            return new(WireStatus.Closed, null);
        }
    }

    private async ValueTask<string?> ServeAsync(byte[] line, CancellationToken stop)
    {
        if (SmtpCommand.TryParse(new ReadOnlySequence<byte>(line), out var command) != ReadStatus.Done)
        {
            return Junk("500 5.5.2 Unknown command.\r\n");
        }

        // RFC 3030 2: the envelope is closed once the first chunk came.
        if (_isChunked && command.Verb is ("MAIL" or "RCPT" or "DATA"))
        {
            return Junk("503 5.5.1 A message is being sent by BDAT.\r\n");
        }

        switch (command.Verb)
        {
            case "EHLO" or "HELO" when !_policy.IsLmtp:
            case "LHLO" when _policy.IsLmtp:
                return await HelloAsync(command);
            case "EHLO" or "HELO" or "LHLO":
                return Junk(_policy.IsLmtp ? "500 5.5.1 This is LMTP, say LHLO.\r\n" : "500 5.5.1 This is SMTP, say EHLO.\r\n");
            case "STARTTLS":
                return await StartTlsAsync(stop);
            case "XCLIENT":
                return Xclient(command);
            case "MAIL":
                return await MailAsync(command);
            case "RCPT":
                return await RecipientsAsync(command);
            case "DATA":
                return await DataAsync(command);
            case "BDAT":
                return await ChunkAsync(command);
            case "RSET":
                await ResetAsync();
                return Junk("250 2.0.0 OK\r\n");
            case "NOOP":
                return Junk("250 2.0.0 OK\r\n");
            case "VRFY":
                return Junk("252 2.1.5 Send mail and see.\r\n");
            case "QUIT":
                _isOver = true;
                session.EndedBy = "quit";
                return "221 2.0.0 Bye.\r\n";
            default:
                return Junk("502 5.5.1 Command not available here.\r\n");
        }
    }

    private async ValueTask<string> HelloAsync(SmtpCommand command)
    {
        var name = Encoding.UTF8.GetString(command.Argument);
        if (!HelloName.IsValid(name))
        {
            return Junk($"501 5.5.2 {command.Verb} takes your host name or address literal.\r\n");
        }

        await ResetAsync();
        _helo = session.Word is { Helo: { Length: > 0 } told } ? told : name;
        return Junk(command.Verb == "HELO" ? $"250 {settings.HostName}\r\n" : services.RelayOffers.Of(settings.OffersStartTls, session.IsTrusted && submitter is null));
    }

    private async ValueTask<string?> StartTlsAsync(CancellationToken stop)
    {
        if (!settings.OffersStartTls)
        {
            return Junk("502 5.5.1 TLS is not available.\r\n");
        }

        await ResetAsync();
        await wire.SendAsync("220 2.0.0 Begin TLS now.\r\n", stop);
        var failure = await ClientTls.BecomeServerAsync(session, settings.Tls!, settings.Limits.Handshake, settings.Deadline);

        // RFC 3207 4.2: what was said before is forgotten, EHLO included.
        _helo = "";
        return failure is null ? "" : null;
    }

    private string Xclient(SmtpCommand command)
    {
        // Who has logged in is who logged in: another client begins on a connection of its own.
        var (refusal, failure) = _transaction is null && submitter is null ? SmtpXclient.Read(settings, command.Argument) : (SmtpXclient.NotNow, null);
        if (refusal is not null || failure is not null)
        {
            return refusal is not null ? Junk(refusal) : End(failure!.Value, session.FailureDetail);
        }

        _helo = "";
        return $"220 {settings.HostName} {(_policy.IsLmtp ? "LMTP" : "ESMTP")}\r\n";
    }

    private async ValueTask<string> MailAsync(SmtpCommand command)
    {
        if (_helo.Length == 0)
        {
            return Junk(_policy.IsLmtp ? "503 5.5.1 LHLO comes first.\r\n" : "503 5.5.1 EHLO comes first.\r\n");
        }

        if (_transaction is not null)
        {
            return Junk("503 5.5.1 A transaction is open already.\r\n");
        }

        await ResetAsync();
        var (envelope, refusal) = _parser.ParseMail(command.Argument);
        if (envelope is null)
        {
            return Junk(refusal!.Line);
        }

        if (_rules is not null && await _rules.JudgeSenderAsync(envelope.Sender) is { } denied)
        {
            return denied.IsTemporary ? denied.Line : Junk(denied.Line);
        }

        _milters = MilterChain.For(session, services, _policy, _helo);
        if (_milters is not null && await _milters.OpenAsync(envelope) is { } refused)
        {
            await ResetAsync();
            return refused.IsTemporary ? refused.Line : Junk(refused.Line);
        }

        _transaction = new RelayTransaction(envelope, session, services, _policy, settings.Deadline, _helo);
        return "250 2.1.0 OK\r\n";
    }

    private async ValueTask<string> RecipientsAsync(SmtpCommand command)
    {
        if (_transaction is null)
        {
            return Junk("503 5.5.1 MAIL comes first.\r\n");
        }

        var (first, refusal) = _parser.ParseRecipient(command.Argument);
        if (first is null)
        {
            return Junk(refusal!.Line);
        }

        var replies = await (_recipientCommands ??= new(_client, _parser, _rules)).AddAsync(_transaction, first, _milters);
        return replies.Count == 1 ? JudgeRefused(replies[0]) : string.Concat(replies.Select(reply => _isOver ? "" : JudgeRefused(reply)));
    }

    // Lists have old addresses in them: a refused recipient is no bad command, but guessing for addresses ends some time.
    private string JudgeRefused(RelayReply reply) =>
        reply.IsPositive || ++_refused <= settings.Limits.Recipients ? reply.Line : End(ProxyFailure.TooManyErrors);

    private async ValueTask<string?> DataAsync(SmtpCommand command)
    {
        if (!command.Argument.IsEmpty)
        {
            return Junk("501 5.5.4 DATA takes no argument.\r\n");
        }

        if (_transaction is { Envelope.IsBinary: true })
        {
            // RFC 3030 3: binary content has no dot that could end it.
            return Junk("503 5.5.1 BINARYMIME goes by BDAT.\r\n");
        }

        if (NotReady() is { } refusal)
        {
            return refusal;
        }

        if (_transaction!.BeginMessage() is { } moved)
        {
            await ResetAsync();
            return moved.Line;
        }

        // What is under way is finished even if the node stops: its grace is for this. The stores are let go once the client has its answer.
        _isAnswered = true;
        var receiver = await StartMessageAsync();
        if (!await _client.AnswerAsync("354 Send the message, end it with a dot on a line of its own.\r\n", isAtOnce: true))
        {
            return null;
        }

        try
        {
            return await receiver.ReceiveDottedAsync(wire) ? await receiver.AnswerAsync() : null;
        }
        catch (OperationCanceledException)
        {
            return End(ProxyFailure.ClientTimeout);
        }
    }

    private async ValueTask<string?> ChunkAsync(SmtpCommand command)
    {
        if (BdatChunk.TryParse(command.Argument, out var chunk) != ReadStatus.Done)
        {
            // Where the chunk ends is unknown, so nothing behind it can be understood.
            return End(ProxyFailure.ClientProtocolError);
        }

        // The chunk may be long in coming: what was asked before it is answered before.
        if (!await _client.AnswerAsync("", isAtOnce: true))
        {
            return null;
        }

        try
        {
            return await ReceiveChunkAsync(chunk);
        }
        catch (OperationCanceledException)
        {
            return End(ProxyFailure.ClientTimeout);
        }
    }

    private async ValueTask<string?> ReceiveChunkAsync(BdatChunk chunk)
    {
        if (!_isChunked)
        {
            if (NotReady() is { } refusal)
            {
                return await MessageReceiver.SkipAsync(wire, chunk.Size, services) ? refusal : null;
            }

            if (_transaction!.BeginMessage() is { } moved)
            {
                await ResetAsync();
                return await MessageReceiver.SkipAsync(wire, chunk.Size, services) ? moved.Line : null;
            }

            _isChunked = true;
            await StartMessageAsync();
        }

        if (!await _receiver!.ReceiveChunkAsync(wire, chunk.Size))
        {
            return null;
        }

        if (!chunk.IsLast)
        {
            return string.Create(CultureInfo.InvariantCulture, $"250 2.0.0 {chunk.Size} octets\r\n");
        }

        _isAnswered = true;
        return await _receiver.AnswerAsync();
    }

    private string? NotReady() => _transaction switch
    {
        null => Junk("503 5.5.1 MAIL and RCPT come first.\r\n"),

        // With PIPELINING it was sent before the refusals were heard (RFC 2920 3.1): no fault.
        { Recipients.Count: 0 } => "503 5.5.1 No valid recipients.\r\n",
        _ => null,
    };

    private async ValueTask<MessageReceiver> StartMessageAsync()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{session.Id}.{++_messages}");
        _receiver = new MessageReceiver(id, _transaction!, session, services, _policy, _milters);
        await _receiver.BeginAsync();
        return _receiver;
    }

    private async ValueTask ResetAsync()
    {
        _receiver?.Dispose();
        _receiver = null;
        _isChunked = false;
        _isAnswered = false;
        if (_milters is { } milters)
        {
            _milters = null;
            await milters.DisposeAsync();
        }

        if (_transaction is { } transaction)
        {
            _transaction = null;
            await transaction.DisposeAsync();
        }
    }

    private string Junk(string reply) => ++_junk > settings.Limits.JunkCommands ? End(ProxyFailure.TooManyErrors) : reply;

    private string End(ProxyFailure failure, string detail = "")
    {
        _isOver = true;
        session.Fail(failure, detail);
        session.EndedBy = failure.ToString();
        services.Metrics.Failed(session.Listener.Name, failure);
        var row = FailureTable.Of(failure);
        return $"{row.SmtpAuth} {row.Text}\r\n";
    }
}
