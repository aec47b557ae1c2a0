namespace MailProxy.Protocols.Conversations;

/// <summary>
/// ManageSieve (RFC 5804) after login. Commands are counted when their first line is whole and counted off by the lines that begin with a word
/// (OK, NO); lines of strings come before those. Literals are counted octets on both legs.
/// <code>
/// client  verb ... [literal ...] LF                   literals are {n+}
/// store   *(string ... [literal ...] LF) ("OK" / "NO" / "BYE") ... [literal ...] LF
/// </code>
/// A goodbye may come at any time (RFC 5804 1.2), so a boundary is wherever everything is answered. What follows STARTTLS, AUTHENTICATE or
/// UNAUTHENTICATE is opaque, and so is a client that waits to be asked for its literal.
/// </summary>
public struct SieveConversation : IConversation, IConversationSteps
{
    private static readonly ulong Logout = VerbRegister.Of("LOGOUT"u8);
    private static readonly ulong StartTls = VerbRegister.Of("STARTTLS"u8);
    private static readonly ulong Authenticate = VerbRegister.Of("AUTHENTICATE"u8);

    // It has more letters than VerbRegister keeps, and no other verb has so many.
    private static readonly ulong Unauthenticate = VerbRegister.Of("UNAUTHENTICATE"u8);
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
        Verb,
        FirstLine,
        LaterLine,
        Literal,
    }

    private enum StorePlace : byte
    {
        LineStart,
        Verb,

        // A line of strings, and one that answers.
        Data,
        Answer,
        DataLiteral,
        AnswerLiteral,
    }

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        IsEnding = 1,

        // Client or store have said goodbye themselves: another one would be one too many.
        IsLeaving = 2,
        IsOpaque = 4,
    }

    /// <inheritdoc/>
    public readonly ConversationStand Stand =>
        Has(Flags.IsOpaque) ? ConversationStand.Opaque
        : _store == StorePlace.LineStart && _unanswered == 0 && IsClientAtRest && !Has(Flags.IsLeaving) ? ConversationStand.Boundary
        : ConversationStand.Busy;

    /// <inheritdoc/>
    public readonly long UnseenFromClient => Has(Flags.IsOpaque) ? long.MaxValue : _client == ClientPlace.Literal ? (long)_clientNumber : 0;

    /// <inheritdoc/>
    public readonly long UnseenFromStore => Has(Flags.IsOpaque) ? long.MaxValue : IsStoreLiteral ? (long)_storeNumber : 0;

    private readonly bool IsStoreLiteral => _store is StorePlace.DataLiteral or StorePlace.AnswerLiteral;

    // A first line that is not whole was not executed, and never will be.
    private readonly bool IsClientAtRest => _client <= ClientPlace.FirstLine;

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
        if (IsStoreLiteral && (_storeNumber -= (ulong)octets) == 0)
        {
            _store = _store == StorePlace.DataLiteral ? StorePlace.Data : StorePlace.Answer;
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
                _client = ClientPlace.Verb;
                return 0;
            case ClientPlace.Verb when VerbRegister.TryAdd(octets[0], ref _clientNumber):
                return 1;
            case ClientPlace.Verb:
                JudgeVerb();
                _client = ClientPlace.FirstLine;
                return 0;
            case ClientPlace.FirstLine or ClientPlace.LaterLine:
                return ReadClientLine(octets);
            default:
                var seen = (int)Math.Min(_clientNumber, (ulong)octets.Length);
                PassFromClient(seen);
                return seen;
        }
    }

    private void JudgeVerb()
    {
        if (_clientNumber == Logout)
        {
            _flags |= Flags.IsLeaving;
        }
        else if (_clientNumber == StartTls || _clientNumber == Authenticate || _clientNumber == Unauthenticate)
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

        // An empty line is no command, but what servers make of it differs: most answer NO.
        if (_client == ClientPlace.FirstLine && ++_unanswered == ushort.MaxValue)
        {
            _flags |= Flags.IsOpaque;
        }

        _flags |= tail == LiteralTail.Announced ? Flags.IsOpaque : Flags.None;
        _client = tail < LiteralTail.Announced ? ClientPlace.LineStart : _clientNumber == 0 ? ClientPlace.LaterLine : ClientPlace.Literal;
        return length;
    }

    int IConversationSteps.StoreStep(ReadOnlySpan<byte> octets)
    {
        switch (_store)
        {
            case StorePlace.LineStart:
                (_storeNumber, _storeTail) = (0, LiteralTail.None);
                _store = char.IsAsciiLetter((char)octets[0]) ? StorePlace.Verb : StorePlace.Data;
                return 0;
            case StorePlace.Verb when VerbRegister.TryAdd(octets[0], ref _storeNumber):
                return 1;
            case StorePlace.Verb:
                _flags |= _storeNumber == Bye ? Flags.IsLeaving : Flags.None;
                _store = StorePlace.Answer;
                return 0;
            case StorePlace.Data or StorePlace.Answer:
                return ReadStoreLine(octets);
            default:
                var seen = (int)Math.Min(_storeNumber, (ulong)octets.Length);
                PassFromStore(seen);
                return seen;
        }
    }

    private int ReadStoreLine(ReadOnlySpan<byte> octets)
    {
        var length = LiteralTail.Read(octets, ref _storeTail, ref _storeNumber);
        if (length == 0)
        {
            return octets.Length;
        }

        var isLiteral = _storeTail >= LiteralTail.Announced;
        _storeTail = LiteralTail.None;
        if (!isLiteral)
        {
            _unanswered -= _store == StorePlace.Answer && _unanswered > 0 ? (ushort)1 : (ushort)0;
            _store = StorePlace.LineStart;
        }
        else if (_storeNumber > 0)
        {
            _store = _store == StorePlace.Data ? StorePlace.DataLiteral : StorePlace.AnswerLiteral;
        }

        return length;
    }
}
