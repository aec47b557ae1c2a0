using System.Text;
using MailProxy.Protocols.Conversations;

namespace MailProxy.Protocols.Tests.Conversations;

/// <summary>
/// A conversation as text: each line begins with <c>C:</c> or <c>S:</c>, its octets follow, <c>\r</c> and <c>\n</c> written out and Latin-1. A bar in what
/// the store says is where a goodbye may be said.
/// </summary>
internal sealed class Script
{
    private readonly List<(bool IsFromClient, byte[] Octets)> _steps = [];
    private readonly HashSet<int> _boundaries = [];
    private int _fromStore;

    public Script(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var said = line[2..].TrimStart().Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);
            var octets = new StringBuilder();
            foreach (var octet in said)
            {
                if (octet == '|')
                {
                    _boundaries.Add(_fromStore + octets.Length);
                }
                else
                {
                    octets.Append(octet);
                }
            }

            var isFromClient = line[0] == 'C';
            _fromStore += isFromClient ? 0 : octets.Length;
            _steps.Add((isFromClient, Encoding.Latin1.GetBytes(octets.ToString())));
        }
    }

    /// <summary>Octets of both sides.</summary>
    public int Length => _steps.Sum(step => step.Octets.Length);

    /// <summary>Where the client may hear a goodbye, as octets of the store before it.</summary>
    public IReadOnlySet<int> Boundaries => _boundaries;

    /// <summary>The stand behind each step, with every step shown in pieces of a size.</summary>
    public List<ConversationStand> Stands<T>(int pieceSize)
        where T : struct, IConversation
    {
        var conversation = default(T);
        var stands = new List<ConversationStand>();
        foreach (var (isFromClient, octets) in _steps)
        {
            foreach (var piece in octets.Chunk(pieceSize))
            {
                Show(ref conversation, isFromClient, piece);
            }

            stands.Add(conversation.Stand);
        }

        return stands;
    }

    /// <summary>Asks for the end behind so many octets. Returns what went to the client, and the stand behind it all.</summary>
    public (int ToClient, ConversationStand Stand) EndAt<T>(int position, int pieceSize)
        where T : struct, IConversation
    {
        var conversation = default(T);
        var (toClient, shown) = (0, 0);
        foreach (var (isFromClient, octets) in _steps)
        {
            var rest = octets.AsSpan();
            while (!rest.IsEmpty)
            {
                if (shown == position)
                {
                    conversation.End();
                }

                var length = Math.Min(pieceSize, rest.Length);
                length = shown < position ? Math.Min(length, position - shown) : length;
                var passed = Show(ref conversation, isFromClient, rest[..length]);
                toClient += isFromClient ? 0 : passed;
                shown += length;
                rest = rest[length..];
                if (shown > position && conversation.Stand == ConversationStand.Boundary)
                {
                    return (toClient, ConversationStand.Boundary);
                }
            }
        }

        return (toClient, conversation.Stand);
    }

    private static int Show<T>(ref T conversation, bool isFromClient, ReadOnlySpan<byte> octets)
        where T : struct, IConversation
    {
        // What may go unseen goes unseen, as in bulk, but for its last octet.
        var unseen = isFromClient ? conversation.UnseenFromClient : conversation.UnseenFromStore;
        if (unseen > octets.Length)
        {
            if (isFromClient)
            {
                conversation.PassFromClient(octets.Length);
            }
            else
            {
                conversation.PassFromStore(octets.Length);
            }

            return octets.Length;
        }

        return isFromClient ? conversation.FromClient(octets) : conversation.FromStore(octets);
    }
}
