namespace MailProxy.Protocols.Conversations;

/// <summary>
/// SMTP (RFC 5321, RFC 3030) after AUTH. Commands are counted, replies count them off; a message is between 354 and its CRLF.CRLF, a chunk is its octets,
/// and each is answered like a command.
/// <code>
/// client  verb ... LF        behind a 354: message CRLF "." CRLF        behind BDAT n: n octets
/// store   3DIGIT ("-" text LF ...) / ([SP text] LF)
/// </code>
/// STARTTLS and AUTH are opaque, and so are a message that does not wait for 354 and a reply without a code.
/// </summary>
public struct SubmissionConversation : IConversation, IConversationSteps
{
    private const int StartMessage = 354;
    private const int Closing = 421;
    private const int MaxChunkDigits = 18;

    private static readonly ulong Data = VerbRegister.Of("DATA"u8);
    private static readonly ulong Chunk = VerbRegister.Of("BDAT"u8);
    private static readonly ulong Quit = VerbRegister.Of("QUIT"u8);
    private static readonly ulong StartTls = VerbRegister.Of("STARTTLS"u8);
    private static readonly ulong Authenticate = VerbRegister.Of("AUTH"u8);

    // A verb while one is read, then what is left of a chunk.
    private ulong _clientNumber;
    private ushort _unanswered;
    private ushort _code;
    private byte _chunkDigits;
    private byte _end;
    private ClientPlace _client;
    private StorePlace _store;
    private Flags _flags;

    private enum ClientPlace : byte
    {
        LineStart,
        Verb,
        Line,
        DataLine,
        BehindBdat,
        ChunkSize,
        ChunkLine,

        // DATA was sent: a message, if the store says 354.
        AwaitedMessage,
        Message,
        Chunk,
    }

    private enum StorePlace : byte
    {
        LineStart,
        SecondDigit,
        ThirdDigit,
        Separator,
        MoreFollows,
        LastLine,
    }

    [Flags]
    private enum Flags : byte
    {
        None = 0,
        IsEnding = 1,
        IsLeaving = 2,
        IsOpaque = 4,
    }

    /// <inheritdoc/>
    public readonly ConversationStand Stand =>
        Has(Flags.IsOpaque) ? ConversationStand.Opaque
        : _store == StorePlace.LineStart && _unanswered == 0 && _code == 0 && IsClientAtRest && !Has(Flags.IsLeaving) ? ConversationStand.Boundary
        : ConversationStand.Busy;

    /// <inheritdoc/>
    public readonly long UnseenFromClient => Has(Flags.IsOpaque) ? long.MaxValue : _client == ClientPlace.Chunk ? (long)_clientNumber : 0;

    /// <inheritdoc/>
    public readonly long UnseenFromStore => Has(Flags.IsOpaque) ? long.MaxValue : 0;

    private readonly bool IsClientAtRest => _client < ClientPlace.AwaitedMessage;

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
        if (_client == ClientPlace.Chunk && (_clientNumber -= (ulong)octets) == 0)
        {
            _client = ClientPlace.LineStart;
        }
    }

    /// <inheritdoc/>
    public readonly void PassFromStore(long octets)
    {
        // Only what is opaque passes unseen.
    }

    private readonly bool Has(Flags flag) => (_flags & flag) != 0;

    int IConversationSteps.ClientStep(ReadOnlySpan<byte> octets)
    {
        switch (_client)
        {
            case ClientPlace.LineStart:
                _clientNumber = 0;
                _client = ClientPlace.Verb;
                return 0;
            case ClientPlace.Verb when VerbRegister.TryAdd(octets[0], ref _clientNumber):
                return 1;
            case ClientPlace.Verb:
                JudgeVerb();
                return 0;
            case ClientPlace.BehindBdat or ClientPlace.ChunkSize:
                return ReadChunkSize(octets[0]);
            case ClientPlace.AwaitedMessage:
                _flags |= Flags.IsOpaque;
                return 0;
            case ClientPlace.Message:
                var read = MessageEnd.Read(octets, ref _end);
                if (read == 0)
                {
                    return octets.Length;
                }

                _client = ClientPlace.LineStart;
                Count();
                return read;
            case ClientPlace.Chunk:
                var seen = (int)Math.Min(_clientNumber, (ulong)octets.Length);
                PassFromClient(seen);
                return seen;
            default:
                return ReadClientLine(octets);
        }
    }

    private void JudgeVerb()
    {
        _client = _clientNumber == Data ? ClientPlace.DataLine : _clientNumber == Chunk ? ClientPlace.BehindBdat : ClientPlace.Line;
        if (_clientNumber == Quit)
        {
            _flags |= Flags.IsLeaving;
        }
        else if (_clientNumber == StartTls || _clientNumber == Authenticate)
        {
            _flags |= Flags.IsOpaque;
        }

        (_clientNumber, _chunkDigits) = (0, 0);
    }

    private int ReadChunkSize(byte octet)
    {
        if (octet is >= (byte)'0' and <= (byte)'9')
        {
            _client = ClientPlace.ChunkSize;
            _clientNumber = (_clientNumber * 10) + (octet - (ulong)'0');
            _flags |= ++_chunkDigits > MaxChunkDigits ? Flags.IsOpaque : Flags.None;
            return 1;
        }

        if (octet == ' ' && _client == ClientPlace.BehindBdat)
        {
            return 1;
        }

        // No size, or more than a size and LAST: whether a chunk follows is for the store to say.
        _flags |= _client == ClientPlace.BehindBdat || octet is not ((byte)' ' or (byte)'\r' or (byte)'\n') ? Flags.IsOpaque : Flags.None;
        _client = ClientPlace.ChunkLine;
        return 0;
    }

    private int ReadClientLine(ReadOnlySpan<byte> octets)
    {
        var length = octets.IndexOf((byte)'\n') + 1;
        if (length == 0)
        {
            return octets.Length;
        }

        _client = _client switch
        {
            ClientPlace.DataLine => ClientPlace.AwaitedMessage,
            ClientPlace.ChunkLine when _clientNumber > 0 => ClientPlace.Chunk,
            _ => ClientPlace.LineStart,
        };
        Count();
        return length;
    }

    private void Count()
    {
        if (++_unanswered == ushort.MaxValue)
        {
            _flags |= Flags.IsOpaque;
        }
    }

    int IConversationSteps.StoreStep(ReadOnlySpan<byte> octets)
    {
        var octet = octets[0];
        switch (_store)
        {
            case StorePlace.LineStart or StorePlace.SecondDigit or StorePlace.ThirdDigit when octet is >= (byte)'0' and <= (byte)'9':
                _code = (ushort)(((_store == StorePlace.LineStart ? 0 : _code) * 10) + (octet - '0'));
                _store++;
                return 1;
            case StorePlace.LineStart or StorePlace.SecondDigit or StorePlace.ThirdDigit:
                _flags |= Flags.IsOpaque;
                return 0;
            case StorePlace.Separator:
                _store = octet == '-' ? StorePlace.MoreFollows : StorePlace.LastLine;
                return 0;
            default:
                return ReadReplyLine(octets);
        }
    }

    private int ReadReplyLine(ReadOnlySpan<byte> octets)
    {
        var length = octets.IndexOf((byte)'\n') + 1;
        if (length == 0)
        {
            return octets.Length;
        }

        if (_store == StorePlace.LastLine)
        {
            Answered();
            // Between two lines of one reply it keeps its code, and so tells that from the space between two replies.
            _code = 0;
        }

        _store = StorePlace.LineStart;
        return length;
    }

    private void Answered()
    {
        _flags |= _code == Closing ? Flags.IsLeaving : Flags.None;
        _unanswered -= _unanswered == 0 ? (ushort)0 : (ushort)1;
        if (_client == ClientPlace.AwaitedMessage && _unanswered == 0)
        {
            (_client, _end) = _code == StartMessage ? (ClientPlace.Message, MessageEnd.LineStart) : (ClientPlace.LineStart, _end);
        }
    }
}
