using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace MailProxy.Store.Engine.Files.Database;

/// <summary>Values of the database (docs/store-layout.md). Numbers are little-endian.</summary>
internal static class StoreRecords
{
    private const int MailboxLength = 13;
    private const int CountersLength = 12;
    private const int MessageFixedLength = 38;
    private const int MaxKeywordOctets = ushort.MaxValue;

    public static byte[] Write(MailboxRecord mailbox)
    {
        byte[] value = new byte[MailboxLength];
        BinaryPrimitives.WriteUInt64LittleEndian(value, mailbox.Id);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(8), mailbox.UidValidity);
        value[12] = (byte)mailbox.SpecialUse;
        return value;
    }

    public static MailboxRecord ReadMailbox(ReadOnlySpan<byte> value) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(value),
        BinaryPrimitives.ReadUInt32LittleEndian(value[8..]),
        (SpecialUse)value[12]);

    public static byte[] Write(MailboxCounters counters)
    {
        byte[] value = new byte[CountersLength];
        BinaryPrimitives.WriteUInt32LittleEndian(value, counters.UidNext);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(4), counters.HighestModSeq);
        return value;
    }

    public static MailboxCounters ReadCounters(ReadOnlySpan<byte> value) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(value),
        BinaryPrimitives.ReadUInt64LittleEndian(value[4..]));

    public static byte[] Write(in StoredMessage message)
    {
        MessageEntry entry = message.Entry;
        int length = MessageFixedLength + entry.Keywords.Sum(keyword => 2 + Encoding.UTF8.GetByteCount(keyword));
        byte[] value = new byte[length];
        Span<byte> rest = value;
        BinaryPrimitives.WriteUInt64LittleEndian(rest, message.Link);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], entry.ModSeq);
        BinaryPrimitives.WriteInt64LittleEndian(rest[16..], entry.Size);
        BinaryPrimitives.WriteInt64LittleEndian(rest[24..], entry.InternalDate.UtcTicks);
        BinaryPrimitives.WriteInt16LittleEndian(rest[32..], (short)entry.InternalDate.TotalOffsetMinutes);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[34..], (ushort)entry.Flags);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[36..], (ushort)entry.Keywords.Length);
        rest = rest[MessageFixedLength..];
        foreach (string keyword in entry.Keywords)
        {
            int octets = Encoding.UTF8.GetBytes(keyword, rest[2..]);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(octets, MaxKeywordOctets);
            BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)octets);
            rest = rest[(2 + octets)..];
        }

        return value;
    }

    /// <summary>The size alone, for sums over many.</summary>
    public static long ReadSize(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value[16..]);

    public static StoredMessage ReadMessage(uint uid, ReadOnlySpan<byte> value)
    {
        var offset = TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(value[32..]));
        DateTimeOffset date = new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(value[24..]), TimeSpan.Zero).ToOffset(offset);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(value[36..]);
        ImmutableArray<string> keywords = count == 0 ? [] : ReadKeywords(value[MessageFixedLength..], count);
        return new(
            new MessageEntry(
                uid,
                BinaryPrimitives.ReadUInt64LittleEndian(value[8..]),
                (MessageFlags)BinaryPrimitives.ReadUInt16LittleEndian(value[34..]),
                keywords,
                date,
                BinaryPrimitives.ReadInt64LittleEndian(value[16..])),
            BinaryPrimitives.ReadUInt64LittleEndian(value));
    }

    public static byte[] Write(MessageStructure structure)
    {
        byte[] value = new byte[8 + structure.Envelope.Length + structure.Body.Length + structure.BodyStructure.Length];
        BinaryPrimitives.WriteInt32LittleEndian(value, structure.Envelope.Length);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), structure.Body.Length);
        Span<byte> rest = value.AsSpan(8);
        structure.Envelope.CopyTo(rest);
        structure.Body.CopyTo(rest[structure.Envelope.Length..]);
        structure.BodyStructure.CopyTo(rest[(structure.Envelope.Length + structure.Body.Length)..]);
        return value;
    }

    public static MessageStructure ReadStructure(ReadOnlySpan<byte> value)
    {
        int envelope = BinaryPrimitives.ReadInt32LittleEndian(value);
        int body = BinaryPrimitives.ReadInt32LittleEndian(value[4..]);
        ReadOnlySpan<byte> rest = value[8..];
        return new(rest[..envelope].ToArray(), rest.Slice(envelope, body).ToArray(), rest[(envelope + body)..].ToArray());
    }

    private static ImmutableArray<string> ReadKeywords(ReadOnlySpan<byte> rest, int count)
    {
        string[] keywords = new string[count];
        for (int i = 0; i < count; i++)
        {
            int octets = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            keywords[i] = Encoding.UTF8.GetString(rest.Slice(2, octets));
            rest = rest[(2 + octets)..];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(keywords);
    }
}
