using MailProxy.Protocols.Milter;

namespace MailProxy.Proxy.Milter;

/// <summary>
/// One milter in one transaction: negotiation, then the steps in their order, each with its answer unless the milter said that it gives none. What it does
/// wrong is a <see cref="MilterException"/>.
/// </summary>
internal sealed class MilterSession : IAsyncDisposable
{
    private const MilterActions OfferedActions = MilterActions.AddHeaders | MilterActions.ChangeBody | MilterActions.AddRecipients | MilterActions.DeleteRecipients
        | MilterActions.ChangeHeaders | MilterActions.Quarantine | MilterActions.ChangeFrom | MilterActions.AddRecipientsWithParameters;

    // Refused recipients are allowed too, though there are none to show: a milter that asks for them must not fail for it.
    private const MilterSteps OfferedSteps = (MilterSteps)0x1F_FFFF;

    // A milter that goes on and on is broken.
    private const int MostChanges = 10_000;
    private const int MostChangedCharacters = 1024 * 1024;

    private static readonly MilterOffer Offer = new(MilterOffer.CurrentVersion, OfferedActions, OfferedSteps);

    private readonly MilterServerOptions _options;
    private readonly MilterConnection _connection;
    private readonly MilterFacts _facts;
    private MilterSteps _steps;

    private MilterSession(MilterServerOptions options, MilterConnection connection, MilterFacts facts) => (_options, _connection, _facts) = (options, connection, facts);

    /// <summary>Its name.</summary>
    public string Name => _options.Name;

    /// <summary>What it is.</summary>
    public MilterServerOptions Options => _options;

    /// <summary>It wants no more of this transaction: everything is let pass.</summary>
    public bool IsDone { get; set; }

    /// <summary>It gives and takes header values with the blank behind the colon.</summary>
    public bool HasLeadingSpace => _steps.HasFlag(MilterSteps.LeadingSpace);

    /// <summary>Dials and negotiates.</summary>
    public static async ValueTask<MilterSession> OpenAsync(MilterServerOptions options, MilterFacts facts, IMilterDialer dialer, TimeProvider time)
    {
        using var deadline = new CancellationTokenSource(options.ConnectTimeout, time);
        Stream stream;
        try
        {
            options.TryParse(out var endPoint);
            stream = await dialer.ConnectAsync(endPoint, deadline.Token);
        }
        catch (Exception exception) when (MilterConnection.IsOfTheNet(exception))
        {
            throw MilterConnection.Failed(exception, options.ConnectTimeout);
        }

        var session = new MilterSession(options, new MilterConnection(stream, time), facts);
        try
        {
            await session.NegotiateAsync();
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Who connected.</summary>
    public ValueTask<MilterVerdict> ConnectAsync() => StepAsync(
        MilterCommand.Connect, MilterSteps.NoConnect, MilterSteps.SilentConnect, "", () => MilterWriter.WriteConnect(_connection.Output, _facts.ClientName, _facts.Client));

    /// <summary>What it called itself.</summary>
    public ValueTask<MilterVerdict> HeloAsync() => StepAsync(
        MilterCommand.Helo, MilterSteps.NoHelo, MilterSteps.SilentHelo, "", () => MilterWriter.Write(_connection.Output, MilterCommand.Helo, _facts.Helo));

    /// <summary>MAIL.</summary>
    /// <param name="sender">Without brackets.</param>
    /// <param name="parameters">As they were given.</param>
    public ValueTask<MilterVerdict> MailAsync(string sender, IEnumerable<string> parameters) => StepAsync(
        MilterCommand.Mail, MilterSteps.NoMail, MilterSteps.SilentMail, sender, () => MilterWriter.Write(_connection.Output, MilterCommand.Mail, [$"<{sender}>", .. parameters]));

    /// <summary>RCPT.</summary>
    public ValueTask<MilterVerdict> RecipientAsync(string address) => StepAsync(
        MilterCommand.Recipient, MilterSteps.NoRecipient, MilterSteps.SilentRecipient, address, () => MilterWriter.Write(_connection.Output, MilterCommand.Recipient, $"<{address}>"));

    /// <summary>The message, from DATA to the milter's last word.</summary>
    /// <param name="message">As it is by now.</param>
    /// <param name="newBody">Makes the place for a new body.</param>
    /// <param name="mostBody">Octets of a new body.</param>
    /// <param name="budget">The time of all milters for it.</param>
    public async ValueTask<MilterEdit> JudgeAsync(JudgedMessage message, Func<MessageSpool> newBody, long mostBody, MilterBudget budget)
    {
        _connection.Budget = budget;
        var verdict = await StepAsync(MilterCommand.Data, MilterSteps.NoData, MilterSteps.SilentData, "", () => MilterWriter.Write(_connection.Output, MilterCommand.Data));
        foreach (var field in message.Header.Fields)
        {
            if (verdict != MilterVerdict.GoOn || IsDone)
            {
                break;
            }

            verdict = await StepAsync(MilterCommand.Header, MilterSteps.NoHeaders, MilterSteps.SilentHeaders, null, () => WriteHeader(field));
        }

        if (verdict == MilterVerdict.GoOn && !IsDone)
        {
            verdict = await StepAsync(
                MilterCommand.EndOfHeaders, MilterSteps.NoEndOfHeaders, MilterSteps.SilentEndOfHeaders, null,
                () => MilterWriter.Write(_connection.Output, MilterCommand.EndOfHeaders));
        }

        if (verdict == MilterVerdict.GoOn && !IsDone && !_steps.HasFlag(MilterSteps.NoBody))
        {
            verdict = await SendBodyAsync(message);
        }

        return verdict == MilterVerdict.GoOn && !IsDone ? await EndAsync(newBody, mostBody) : new(verdict, [], null, null);
    }

    /// <summary>Says goodbye where it can be said, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            // No time of a message's.
            _connection.Budget = null;
            MilterWriter.Write(_connection.Output, MilterCommand.Quit);
            await _connection.FlushAsync(TimeSpan.FromSeconds(1));
        }
        catch (MilterException)
        {
            // It is gone already.
            IsDone = true;
        }

        await _connection.DisposeAsync();
    }

    private async ValueTask NegotiateAsync()
    {
        Offer.Write(_connection.Output);
        var packet = await _connection.AskAsync(_options.ConnectTimeout);
        if (!MilterOffer.TryRead(packet, Offer, out var wanted))
        {
            throw new MilterException("it wants another protocol, or more than there is");
        }

        _steps = wanted.Steps;
    }

    // Null for an address: no macros go with it.
    private async ValueTask<MilterVerdict> StepAsync(MilterCommand command, MilterSteps unwanted, MilterSteps silent, string? address, Action write)
    {
        if (IsDone || _steps.HasFlag(unwanted))
        {
            return MilterVerdict.GoOn;
        }

        if (address is not null)
        {
            MilterWriter.WriteMacros(_connection.Output, command, _facts.Macros(command, address));
        }

        write();
        if (_steps.HasFlag(silent))
        {
            return MilterVerdict.GoOn;
        }

        var isContent = command is MilterCommand.Header or MilterCommand.EndOfHeaders or MilterCommand.Data;
        return Take(await ReplyAsync(isContent ? _options.ContentTimeout : _options.CommandTimeout));
    }

    private MilterVerdict Take(MilterReply reply)
    {
        IsDone |= reply.Verb == MilterVerb.Accept;
        return reply.IsVerdict ? MilterVerdict.Of(reply) : throw new MilterException($"it said {reply.Verb} before the message was over");
    }

    private void WriteHeader(HeaderField field)
    {
        // Folded lines end in LF alone for milters (libmilter's xxfi_header).
        var value = field.Value;
        value = !HasLeadingSpace && value.Length > 0 && value[0] == ' ' ? value[1..] : value;
        Span<byte> lines = value.Length <= 1024 ? stackalloc byte[value.Length] : new byte[value.Length];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] != '\r' || i + 1 == value.Length || value[i + 1] != '\n')
            {
                lines[length++] = value[i];
            }
        }

        MilterWriter.WriteHeader(_connection.Output, field.Name, lines[..length]);
    }

    private async ValueTask<MilterVerdict> SendBodyAsync(JudgedMessage message)
    {
        var piece = new byte[MilterWriter.MostBodyOctets];
        for (var position = message.BodyStart; ;)
        {
            var length = await message.Body.ReadAsync(position, piece);
            if (length == 0)
            {
                return MilterVerdict.GoOn;
            }

            position += length;
            MilterWriter.WriteBody(_connection.Output, piece.AsSpan(0, length));
            if (_steps.HasFlag(MilterSteps.SilentBody))
            {
                await _connection.FlushAsync(_options.ContentTimeout);
                continue;
            }

            var reply = await ReplyAsync(_options.ContentTimeout);
            var verdict = Take(reply);
            if (reply.Verb == MilterVerb.Skip || verdict != MilterVerdict.GoOn || IsDone)
            {
                return verdict;
            }
        }
    }

    private async ValueTask<MilterEdit> EndAsync(Func<MessageSpool> newBody, long mostBody)
    {
        MilterWriter.WriteMacros(_connection.Output, MilterCommand.EndOfMessage, _facts.Macros(MilterCommand.EndOfMessage));
        MilterWriter.Write(_connection.Output, MilterCommand.EndOfMessage);
        var changes = new List<MilterReply>();
        MessageSpool? body = null;
        string? quarantine = null;
        var changed = 0L;
        while (true)
        {
            var reply = await ReplyAsync(_options.ContentTimeout);
            if (reply.IsVerdict)
            {
                return new(MilterVerdict.Of(reply), changes, body, quarantine);
            }

            switch (reply.Verb)
            {
                case MilterVerb.ReplaceBody:
                    body ??= newBody();
                    await body.AppendAsync(body.Length + reply.Octets.Length <= mostBody ? reply.Octets : throw new MilterException($"its new body is larger than {mostBody} octets"));
                    break;
                case MilterVerb.Quarantine:
                    quarantine = reply.Text;
                    break;
                default:
                    changed += reply.Text.Length + reply.More.Length;
                    changes.Add(changes.Count < MostChanges && changed <= MostChangedCharacters
                        ? reply
                        : throw new MilterException($"it made more than {MostChanges} changes, or changes of more than {MostChangedCharacters} characters"));
                    break;
            }
        }
    }

    // Progress only asks for patience: the time begins anew.
    private async ValueTask<MilterReply> ReplyAsync(TimeSpan limit)
    {
        while (true)
        {
            var packet = await _connection.AskAsync(limit);
            if (!MilterReply.TryRead(packet, out var reply))
            {
                throw new MilterException($"it said '{(packet.Code is > 32 and < 127 ? (char)packet.Code : '?')}' with {packet.Data.Length} octets, which means nothing here");
            }

            if (reply!.Verb != MilterVerb.Progress)
            {
                return reply;
            }
        }
    }
}
