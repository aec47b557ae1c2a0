using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Transport.Connections;

namespace MailProxy.Proxy.Milter;

/// <summary>
/// The milters of one transaction, in the order of the configuration. MAIL and RCPT are shown to each as they come; the message when all of it is here, to one after
/// the other, so that each sees what those before it changed. Until then it is spooled, and no store has heard of it.
/// </summary>
internal sealed class MilterChain : IAsyncDisposable
{
    private static readonly RelayReply NoAnswer = new(451, "4.7.1 A filter of this server does not answer, please try again later.");
    private static readonly RelayReply NoRoom = new(452, "4.3.1 This server has no room for the message now, please try again later.");

    private readonly SessionContext _session;
    private readonly SessionServices _services;
    private readonly MilterFacts _facts;
    private readonly List<MilterServerOptions> _servers;
    private readonly List<MilterSession> _milters = [];
    private readonly List<MessageSpool> _spools = [];
    private readonly MessageSpool _message;

    // A milter wants the message taken and thrown away.
    private bool _isDiscarded;

    // One without whose word nothing may pass has broken off: whatever else is asked of this transaction has the same answer.
    private RelayReply? _broken;

    private MilterChain(SessionContext session, SessionServices services, MilterFacts facts, List<MilterServerOptions> servers)
    {
        (_session, _services, _facts, _servers) = (session, services, facts, servers);
        _message = NewSpool();
    }

    /// <summary>A milter refused a recipient whom the stores had taken: the transaction has to begin again without.</summary>
    public bool HasRefusedRecipients { get; private set; }

    /// <summary>The milters of a listener; null: there are none.</summary>
    /// <param name="session">The session.</param>
    /// <param name="services">What sessions share.</param>
    /// <param name="policy">Of its relay.</param>
    /// <param name="helo">What the client calls itself.</param>
    public static MilterChain? For(SessionContext session, SessionServices services, RelayPolicy policy, string helo)
    {
        var all = services.Settings.Milter.Servers;
        if (all.Count == 0 || policy.IsLmtp)
        {
            return null;
        }

        var servers = all.FindAll(server => policy.IsAuthenticated ? server.Submission : server.Mx);
        return servers.Count == 0 ? null : new MilterChain(
            session,
            services,
            new MilterFacts(
                services.Settings.HostName, session.Listener.Name, session.Client, helo, session.Encrypted is { } tls ? tls.Protocol.ToString() : "",
                session.Encrypted is { } encrypted ? encrypted.CipherSuite : "", policy.IsAuthenticated ? session.User : null, session.Id),
            servers);
    }

    /// <summary>Opens every milter and shows it the connection and MAIL. Null: go on.</summary>
    public async ValueTask<RelayReply?> OpenAsync(RelayEnvelope envelope)
    {
        var refusal = default(RelayReply);
        foreach (var server in _servers)
        {
            try
            {
                var milter = await MilterSession.OpenAsync(server, _facts, _services.MilterDialer, _services.Time);
                _milters.Add(milter);
                var verdict = await milter.ConnectAsync();
                verdict = verdict == MilterVerdict.GoOn ? await milter.HeloAsync() : verdict;
                verdict = verdict == MilterVerdict.GoOn ? await milter.MailAsync(envelope.Sender, Parameters(envelope)) : verdict;
                refusal = Note(milter, "MAIL", verdict);
            }
            catch (MilterException exception)
            {
                refusal = Fail(server, _milters.Find(milter => milter.Options == server), "MAIL", exception);
            }

            if (refusal is not null || _isDiscarded)
            {
                break;
            }
        }

        await _session.Connection.ReturnHomeAsync();
        return refusal;
    }

    /// <summary>Shows RCPT, once the stores have taken it. Null: go on.</summary>
    public async ValueTask<RelayReply?> RecipientAsync(string address)
    {
        var refusal = _broken;
        foreach (var milter in _isDiscarded || refusal is not null ? [] : _milters)
        {
            try
            {
                refusal = Note(milter, "RCPT", await milter.RecipientAsync(address));
            }
            catch (MilterException exception)
            {
                refusal = Fail(milter.Options, milter, "RCPT", exception);
            }

            if (refusal is not null || _isDiscarded)
            {
                break;
            }
        }

        HasRefusedRecipients |= refusal is not null;
        await _session.Connection.ReturnHomeAsync();
        return refusal;
    }

    /// <summary>Keeps the next octets of the message. Null: go on.</summary>
    public async ValueTask<RelayReply?> AppendAsync(ReadOnlyMemory<byte> piece)
    {
        if (_isDiscarded)
        {
            return null;
        }

        try
        {
            await _message.AppendAsync(piece);
            if (_message.HasFile)
            {
                await _session.Connection.ReturnHomeAsync();
            }

            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            MilterLog.NotSpooled(_services.Logger, _session.Listener.Name, _session.Id, exception.Message);
            await _session.Connection.ReturnHomeAsync();
            return NoRoom;
        }
    }

    /// <summary>Reads of a judged message: octets, 0 at its end; -1: it cannot be read any more.</summary>
    public async ValueTask<int> ReadAsync(MessageSpool spool, long position, Memory<byte> piece)
    {
        try
        {
            return await spool.ReadAsync(position, piece);
        }
        catch (IOException exception)
        {
            MilterLog.NotSpooled(_services.Logger, _session.Listener.Name, _session.Id, exception.Message);
            return -1;
        }
        finally
        {
            await _session.Connection.ReturnHomeAsync();
        }
    }

    /// <summary>All of the message is here: asks one milter after the other.</summary>
    /// <param name="envelope">Sender and recipients, which they may change.</param>
    public async ValueTask<MilterJudgement> JudgeAsync(EditedEnvelope envelope)
    {
        try
        {
            return _broken is not null || _isDiscarded ? new(_broken, null) : await JudgeAllAsync(envelope);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            MilterLog.NotSpooled(_services.Logger, _session.Listener.Name, _session.Id, exception.Message);
            return new(NoRoom, null);
        }
        finally
        {
            await _session.Connection.ReturnHomeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var milter in _milters)
        {
            await milter.DisposeAsync();
        }

        foreach (var spool in _spools)
        {
            await spool.DisposeAsync();
        }

        await _session.Connection.ReturnHomeAsync();
    }

    private static IEnumerable<string> Parameters(RelayEnvelope envelope)
    {
        if (envelope.DeclaredSize is { } size)
        {
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"SIZE={size}");
        }

        if (envelope.IsEightBit)
        {
            yield return "BODY=8BITMIME";
        }

        if (envelope.IsInternational)
        {
            yield return "SMTPUTF8";
        }
    }

    private MessageSpool NewSpool()
    {
        var spool = new MessageSpool(_services.Settings.Milter.SpoolMemory, _services.Settings.Milter.SpoolPath);
        _spools.Add(spool);
        return spool;
    }

    private async ValueTask<MilterJudgement> JudgeAllAsync(EditedEnvelope envelope)
    {
        if (await JudgedMessage.ReadAsync(_message) is not { } message)
        {
            return new(new(552, "5.3.4 The header of this message is too long."), null);
        }

        var budget = new MilterBudget(_services.Settings.Milter.MessageTimeout, _services.Time);

        foreach (var milter in _milters.Where(milter => !milter.IsDone))
        {
            var began = _services.Time.GetTimestamp();
            RelayReply? refusal;
            try
            {
                var edit = await milter.JudgeAsync(message, NewSpool, _services.Settings.Limits.MessageSize, budget);
                refusal = Note(milter, "message", edit.Verdict) ?? Quarantined(milter, edit.Quarantine, message);
                if (refusal is null && !_isDiscarded)
                {
                    Apply(milter, edit, message, envelope);
                }
            }
            catch (MilterException exception)
            {
                // What it had said of the message until then is forgotten with it.
                refusal = Fail(milter.Options, milter, "message", exception);
            }

            MilterMetrics.Took(milter.Name, _services.Time.GetElapsedTime(began));
            if (refusal is not null || _isDiscarded)
            {
                return new(refusal, null);
            }
        }

        return new(null, message);
    }

    private void Apply(MilterSession milter, MilterEdit edit, JudgedMessage message, EditedEnvelope envelope)
    {
        foreach (var change in edit.Changes)
        {
            message.Header.Apply(change, milter.HasLeadingSpace);
            envelope.Apply(change);
        }

        if (edit.Body is not null)
        {
            message.Replace(edit.Body);
        }

        if (edit.Changes.Count > 0 || edit.Body is not null)
        {
            MilterLog.Changed(_services.Logger, _session.Listener.Name, _session.Id, milter.Name, edit.Changes.Count, edit.Body is not null);
        }
    }

    private RelayReply? Quarantined(MilterSession milter, string? reason, JudgedMessage message)
    {
        if (reason is null || _isDiscarded)
        {
            return null;
        }

        var text = string.Concat(reason.Select(character => character is >= ' ' and <= '~' ? character : '?'));
        MilterMetrics.Said(milter.Name, "quarantined");
        MilterLog.Judged(_services.Logger, _session.Listener.Name, _session.Id, milter.Name, "message", $"quarantine ({_services.Settings.Milter.Quarantine}): {text}");
        if (_services.Settings.Milter.Quarantine == MilterQuarantine.Reject)
        {
            return new(550, "5.7.1 Rejected by a filter of this server.");
        }

        message.Header.Mark("X-MailProxy-Quarantine", $"{milter.Name}: {text}");
        return null;
    }

    // What the client is to hear; null: nothing yet.
    private RelayReply? Note(MilterSession milter, string step, MilterVerdict verdict)
    {
        _isDiscarded |= verdict.IsDiscard;
        if (verdict == MilterVerdict.GoOn)
        {
            if (step == "message")
            {
                MilterMetrics.Said(milter.Name, "accepted");
            }

            return null;
        }

        MilterMetrics.Said(milter.Name, verdict.IsDiscard ? "discarded" : verdict.Refusal!.IsTemporary ? "put_off" : "refused");
        MilterLog.Judged(_services.Logger, _session.Listener.Name, _session.Id, milter.Name, step, verdict.IsDiscard ? "discard" : $"{verdict.Refusal!.Code} {verdict.Refusal.Text}");
        return verdict.Refusal;
    }

    private RelayReply? Fail(MilterServerOptions server, MilterSession? milter, string step, MilterException exception)
    {
        var isLetPass = server.OnFailure == MilterFailure.Accept;
        MilterMetrics.Said(server.Name, "failed");
        MilterLog.Failed(
            _services.Logger, _session.Listener.Name, _session.Id, server.Name, server.Address, step, exception.Message, isLetPass ? "goes on without it" : "is put off");
        if (milter is not null)
        {
            milter.IsDone = true;
        }

        _broken = isLetPass ? _broken : NoAnswer;
        return isLetPass ? null : NoAnswer;
    }
}
