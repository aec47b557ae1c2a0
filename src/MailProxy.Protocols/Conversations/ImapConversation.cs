namespace MailProxy.Protocols.Conversations;

/// <summary>
/// IMAP (RFC 9051) after login. Commands are counted when their first line is whole and counted off by their tagged answers; literals are counted
/// octets on both legs, lines end in LF.
/// <code>
/// client  tag SP verb ... [literal ...] LF       behind IDLE one line that is no command (RFC 2177)
/// store   "*" SP data ... [literal ...] LF / tag SP text LF / "+" text LF
/// </code>
/// Text may end in what looks like a literal's header and announces nothing: in tagged answers, continuations, and untagged OK, NO, BAD and BYE.
/// What follows STARTTLS, COMPRESS or AUTHENTICATE is opaque.
/// </summary>
public struct ImapConversation : IConversation, IConversationSteps
{
    private static readonly ulong Idle = VerbRegister.Of("IDLE"u8);
    private static readonly ulong Logout = VerbRegister.Of("LOGOUT"u8);
    private static readonly ulong StartTls = VerbRegister.Of("STARTTLS"u8);
    private static readonly ulong Compress = VerbRegister.Of("COMPRESS"u8);
    private static readonly ulong Authenticate = VerbRegister.Of("AUTHENTICATE"u8);
    private static readonly ulong Ok = VerbRegister.Of("OK"u8);
    private static readonly ulong No = VerbRegister.Of("NO"u8);
    private static readonly ulong Bad = VerbRegister.Of("BAD"u8);
    private static readonly ulong Bye = VerbRegister.Of("BYE"u8);

    // A verb while one is read, then a literal's size and what is left of it.
    private ulong _clientNumber;
    private ulong _storeNumber;
    private ushort _unanswered;
    private ClientPlace _client;
    private StorePlace _store;
    private byte _clientTail;
    private byte _storeTail;
    private Flags _flags;

    private enum ClientPlace : byte
    {
        LineStart,
        Tag,
        Verb,
        FirstLine,
        LaterLine,

        // Announced by {n}: nothing of it came, and the store may refuse it.
        AwaitedLiteral,
        Literal,
        IdleLine,
    }

    private enum StorePlace : byte
    {
        LineStart,
        Star,
        Verb,
        Data,
        Text,
        TaggedText,
        Literal,
    }

    [Flags]
    private enum Flags : byte
    {
        None = 0,

        // IDLE was sent: the client's next line ends it.
        IsIdle = 1,
        IsIdleLine = 2,
        IsEnding = 4,

        // Client or store have said goodbye themselves: another one would be one too many.
        IsLeaving = 8,
        IsOpaque = 16,
    }

    /// <inheritdoc/>
    public readonly ConversationStand Stand =>
        Has(Flags.IsOpaque) ? ConversationStand.Opaque
        : _store == StorePlace.LineStart && IsAnswered && IsClientAtRest && !Has(Flags.IsLeaving) ? ConversationStand.Boundary
        : ConversationStand.Busy;

    /// <inheritdoc/>
    public readonly long UnseenFromClient => Has(Flags.IsOpaque) ? long.MaxValue : _client == ClientPlace.Literal ? (long)_clientNumber : 0;

    /// <inheritdoc/>
    public readonly long UnseenFromStore => Has(Flags.IsOpaque) ? long.MaxValue : _store == StorePlace.Literal ? (long)_storeNumber : 0;

    private readonly bool IsAnswered => _unanswered == 0 || (_unanswered == 1 && Has(Flags.IsIdle));

    // A first line that is not whole was not executed, and never will be.
    private readonly bool IsClientAtRest => _client <= ClientPlace.FirstLine || _client == ClientPlace.IdleLine;

    readonly bool IConversationSteps.IsOpaque => Has(Flags.IsOpaque);

    readonly bool IConversationSteps.IsClientHeld => Has(Flags.IsEnding) && IsClientAtRest;

    readonly bool IConversationSteps.IsStoreHeld => Has(Flags.IsEnding) && Stand == ConversationStand.Boundary;

    /// <inheritdoc/>
    public void End() => _flags |= Flags.IsEnding;

    /// <inheritdoc/>
    public int FromClient(ReadOnlySpan<byte> octets) => ConversationSteps.FromClient(ref this, octets);

    /// <inheritdoc/>
    public int FromStore(ReadOnlySpan<byte> octets) => ConversationSteps.FromStore(ref this, octets);

    /// <inheritdoc/>
    public void PassFromClient(long octets)
    {
        if (_client == ClientPlace.Literal && (_clientNumber -= (ulong)octets) == 0)
        {
            _client = ClientPlace.LaterLine;
        }
    }

    /// <inheritdoc/>
    public void PassFromStore(long octets)
    {
        if (_store == StorePlace.Literal && (_storeNumber -= (ulong)octets) == 0)
        {
            _store = StorePlace.Data;
        }
    }

    private readonly bool Has(Flags flag) => (_flags & flag) != 0;

    // Octets that were used, maybe none when only the place changed.
    int IConversationSteps.ClientStep(ReadOnlySpan<byte> octets)
    {
        switch (_client)
        {
            case ClientPlace.LineStart:
                (_clientNumber, _clientTail) = (0, LiteralTail.None);
                _client = Has(Flags.IsIdle) ? ClientPlace.IdleLine : ClientPlace.Tag;
                return 0;
            case ClientPlace.Tag:
                return ReadTag(octets);
            case ClientPlace.Verb when VerbRegister.TryAdd(octets[0], ref _clientNumber):
                return 1;
            case ClientPlace.Verb:
                JudgeVerb();
                _client = ClientPlace.FirstLine;
                return 0;
            case ClientPlace.FirstLine or ClientPlace.LaterLine:
                return ReadClientLine(octets);
            case ClientPlace.IdleLine:
                var end = octets.IndexOf((byte)'\n') + 1;
                if (end == 0)
                {
                    return octets.Length;
                }

                _flags &= ~Flags.IsIdle;
                _client = ClientPlace.LineStart;
                return end;
            case ClientPlace.AwaitedLiteral:
                _client = _clientNumber == 0 ? ClientPlace.LaterLine : ClientPlace.Literal;
                return 0;
            default:
                var seen = (int)Math.Min(_clientNumber, (ulong)octets.Length);
                PassFromClient(seen);
                return seen;
        }
    }

    private int ReadTag(ReadOnlySpan<byte> octets)
    {
        var end = octets.IndexOfAny((byte)' ', (byte)'\n');
        if (end < 0)
        {
            return octets.Length;
        }

        // Servers answer a line without a verb, but not one that is empty; then the client sent no command.
        if (octets[end] == ' ')
        {
            _client = ClientPlace.Verb;
        }
        else
        {
            _client = ClientPlace.LineStart;
            Count(end > 1 || (end == 1 && octets[0] != '\r'));
        }

        return end + 1;
    }

    private void JudgeVerb()
    {
        if (_clientNumber == Idle)
        {
            _flags |= Flags.IsIdleLine;
        }
        else if (_clientNumber == Logout)
        {
            _flags |= Flags.IsLeaving;
        }
        else if (_clientNumber == StartTls || _clientNumber == Compress || _clientNumber == Authenticate)
        {
            _flags |= Flags.IsOpaque;
        }
    }

    private int ReadClientLine(ReadOnlySpan<byte> octets)
    {
        var length = LiteralTail.Read(octets, ref _clientTail, ref _clientNumber);
        if (length == 0)
        {
            return octets.Length;
        }

        var tail = _clientTail;
        _clientTail = LiteralTail.None;
        Count(_client == ClientPlace.FirstLine);
        if (tail >= LiteralTail.Announced)
        {
            _flags &= ~Flags.IsIdleLine;
            _client = tail == LiteralTail.Announced ? ClientPlace.AwaitedLiteral : _clientNumber == 0 ? ClientPlace.LaterLine : ClientPlace.Literal;
            return length;
        }

        _client = ClientPlace.LineStart;
        if (Has(Flags.IsIdleLine))
        {
            _flags = (_flags & ~Flags.IsIdleLine) | Flags.IsIdle;
        }

        return length;
    }

    private void Count(bool isCommand)
    {
        if (isCommand && ++_unanswered == ushort.MaxValue)
        {
            _flags |= Flags.IsOpaque;
        }
    }

    int IConversationSteps.StoreStep(ReadOnlySpan<byte> octets)
    {
        switch (_store)
        {
            case StorePlace.LineStart:
                (_storeNumber, _storeTail) = (0, LiteralTail.None);
                _store = octets[0] switch
                {
                    (byte)'*' => StorePlace.Star,
                    // An empty line answers nothing.
                    (byte)'+' or (byte)'\r' or (byte)'\n' => StorePlace.Text,
                    _ => StorePlace.TaggedText,
                };
                return _store == StorePlace.Star ? 1 : 0;
            case StorePlace.Star:
                _store = octets[0] == ' ' ? StorePlace.Verb : StorePlace.Data;
                return octets[0] == ' ' ? 1 : 0;
            case StorePlace.Verb when VerbRegister.TryAdd(octets[0], ref _storeNumber):
                return 1;
            case StorePlace.Verb:
                _flags |= _storeNumber == Bye ? Flags.IsLeaving : Flags.None;
                _store = _storeNumber == Ok || _storeNumber == No || _storeNumber == Bad || _storeNumber == Bye ? StorePlace.Text : StorePlace.Data;
                return 0;
            case StorePlace.Data:
                return ReadData(octets);
            case StorePlace.Text or StorePlace.TaggedText:
                return ReadText(octets);
            default:
                var seen = (int)Math.Min(_storeNumber, (ulong)octets.Length);
                PassFromStore(seen);
                return seen;
        }
    }

    private int ReadData(ReadOnlySpan<byte> octets)
    {
        var length = LiteralTail.Read(octets, ref _storeTail, ref _storeNumber);
        if (length == 0)
        {
            return octets.Length;
        }

        _store = _storeTail < LiteralTail.Announced ? StorePlace.LineStart : _storeNumber == 0 ? StorePlace.Data : StorePlace.Literal;
        _storeTail = LiteralTail.None;
        return length;
    }

    private int ReadText(ReadOnlySpan<byte> octets)
    {
        var length = octets.IndexOf((byte)'\n') + 1;
        if (length == 0)
        {
            return octets.Length;
        }

        if (_store == StorePlace.TaggedText)
        {
            Answered();
        }

        _store = StorePlace.LineStart;
        return length;
    }

    private void Answered()
    {
        _unanswered -= _unanswered == 0 ? (ushort)0 : (ushort)1;
        if (_unanswered > 0)
        {
            return;
        }

        _flags &= ~Flags.IsIdle;
        if (_client == ClientPlace.AwaitedLiteral)
        {
            // The store refused the command instead of asking for its literal, which does not come then (RFC 9051 4.3).
            _client = ClientPlace.LineStart;
        }
    }
}
