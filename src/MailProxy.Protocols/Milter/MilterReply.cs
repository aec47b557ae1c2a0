using System.Buffers.Binary;
using System.Text;

namespace MailProxy.Protocols.Milter;

/// <summary>
/// What a milter said. By verb, NUL ends each string:
/// <code>
/// accept, continue, discard, progress, reject, skip, temporary failure     nothing
/// add and delete recipient; quarantine; reply code                         text NUL
/// add recipient with parameters; change from                               text NUL [more NUL]
/// add header                                                               name NUL value NUL
/// insert and change header                                                 index(4, big-endian) name NUL value NUL
/// replace body                                                             octets
/// </code>
/// </summary>
/// <param name="Verb">What it is.</param>
/// <param name="Index">Of insert header (0: the first) and change header (which of that name, from 1).</param>
/// <param name="Text">Address, reason, words of the reply, or a header's name.</param>
/// <param name="More">A header's value, or parameters.</param>
/// <param name="Octets">A piece of the new body.</param>
public sealed record MilterReply(MilterVerb Verb, uint Index, string Text, string More, byte[] Octets)
{
    // A character for each octet: what a milter writes into a header goes out as it came.
    private static readonly Encoding Wire = Encoding.Latin1;

    /// <summary>It ends the step; no more is said about it.</summary>
    public bool IsVerdict => Verb is MilterVerb.Accept or MilterVerb.Continue or MilterVerb.Discard or MilterVerb.Reject or MilterVerb.Skip or MilterVerb.TemporaryFailure or MilterVerb.ReplyCode;

    /// <summary>Reads a packet. False: an unknown verb, or not what its verb has.</summary>
    public static bool TryRead(in MilterPacket packet, out MilterReply? reply)
    {
        var verb = (MilterVerb)packet.Code;
        reply = verb switch
        {
            MilterVerb.Accept or MilterVerb.Continue or MilterVerb.Discard or MilterVerb.Progress or MilterVerb.Reject or MilterVerb.Skip or MilterVerb.TemporaryFailure =>
                new(verb, 0, "", "", []),
            MilterVerb.AddRecipient or MilterVerb.DeleteRecipient or MilterVerb.Quarantine or MilterVerb.ReplyCode => Strings(verb, 0, packet.Data, least: 1),
            MilterVerb.AddRecipientWithParameters or MilterVerb.ChangeFrom => Strings(verb, 0, packet.Data, least: 1),
            MilterVerb.AddHeader => Strings(verb, 0, packet.Data, least: 2),
            MilterVerb.InsertHeader or MilterVerb.ChangeHeader when packet.Data.Length > sizeof(uint) =>
                Strings(verb, BinaryPrimitives.ReadUInt32BigEndian(packet.Data), packet.Data.AsSpan(sizeof(uint)), least: 2),
            MilterVerb.ReplaceBody => new(verb, 0, "", "", packet.Data),
            _ => null,
        };
        return reply is not null;
    }

    private static MilterReply? Strings(MilterVerb verb, uint index, ReadOnlySpan<byte> data, int least)
    {
        if (data.IsEmpty || data[^1] != 0)
        {
            return null;
        }

        var words = Wire.GetString(data[..^1]).Split('\0');
        return words.Length >= least && words.Length <= 2 && words[0].Length > 0 ? new(verb, index, words[0], words.Length > 1 ? words[1] : "", []) : null;
    }
}
