using System.Text;
using MailProxy.Proxy.Milter;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Proxy.Tests.Milter;

public sealed class MessageSpoolTests
{
    private const int Memory = 1_000;

    [Theory]
    [InlineData(0, false)]
    [InlineData(Memory - 1, false)]
    [InlineData(Memory, false)]
    [InlineData(Memory + 1, true)]
    [InlineData(Memory * 5, true)]
    public async Task What_was_put_in_comes_out_from_memory_and_a_file_without_a_name(int length, bool hasFile)
    {
        using var folder = new TempDirectory();
        var octets = new byte[length];
        new Random(length).NextBytes(octets);
        foreach (var piece in new[] { 1, 7, 999, 1_000, 1_001, 10_000 })
        {
            await using var spool = new MessageSpool(Memory, folder.Path);
            for (var at = 0; at < length; at += piece)
            {
                await spool.AppendAsync(octets.AsMemory(at, Math.Min(piece, length - at)));
            }

            Assert.Equal((length, hasFile), (spool.Length, spool.HasFile));
            Assert.Empty(System.IO.Directory.GetFiles(folder.Path));
            var read = new List<byte>();
            var buffer = new byte[piece];
            int count;
            while ((count = await spool.ReadAsync(read.Count, buffer)) > 0)
            {
                read.AddRange(buffer[..count]);
            }

            Assert.Equal(octets, read);
        }
    }

    [Fact]
    public async Task A_message_is_taken_apart_wherever_its_header_ends()
    {
        foreach (var header in new[] { 1, 990, 991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000, 1_001, 3_000, 16_376, 16_378, 16_380, 40_000 })
        {
            using var folder = new TempDirectory();
            await using var spool = new MessageSpool(Memory, folder.Path);
            var message = $"X: {new string('y', header)}\r\n\r\nbody\r\n\r\nmore";
            await spool.AppendAsync(Encoding.ASCII.GetBytes(message));
            var judged = (await JudgedMessage.ReadAsync(spool))!;
            Assert.Equal(header + 7, judged.BodyStart);
            Assert.Equal(header + 1, Assert.Single(judged.Header.Fields).Value.Length);
            Assert.False(judged.IsEdited);
        }
    }

    [Fact]
    public async Task A_header_without_an_end_is_refused_when_it_is_too_long()
    {
        using var folder = new TempDirectory();
        await using var spool = new MessageSpool(Memory, folder.Path);
        await spool.AppendAsync(new byte[(1024 * 1024) + 1]);
        Assert.Null(await JudgedMessage.ReadAsync(spool));
        await using var empty = new MessageSpool(Memory, folder.Path);
        Assert.Empty((await JudgedMessage.ReadAsync(empty))!.Header.Fields);
    }
}
