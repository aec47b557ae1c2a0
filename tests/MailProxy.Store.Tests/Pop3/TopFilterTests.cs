using System.Text;
using MailProxy.Store.Pop3;
using Xunit;

namespace MailProxy.Store.Tests.Pop3;

public sealed class TopFilterTests
{
    [Theory]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\nthree", 0, "A: b\r\n\r\n")]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\nthree", 1, "A: b\r\n\r\none\r\n")]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\nthree", 2, "A: b\r\n\r\none\r\ntwo\r\n")]
    [InlineData("A: b\r\n\r\none\r\ntwo\r\nthree", 9, "A: b\r\n\r\none\r\ntwo\r\nthree")]
    [InlineData("A: b\r\n\r\n\r\n\r\nx\r\n", 1, "A: b\r\n\r\n\r\n")]
    [InlineData("A: b\n\none\ntwo\n", 1, "A: b\n\none\n")]
    [InlineData("no body", 3, "no body")]
    [InlineData("\r\nbody\r\n", 0, "\r\n")]
    [InlineData("", 1, "")]
    public void Header_and_lines_are_cut_however_the_content_is_read(string content, int lines, string expected)
    {
        for (var size = 1; size <= content.Length + 1; size++)
        {
            var filter = new TopFilter(lines);
            var output = new StringBuilder();
            foreach (var piece in Encoding.Latin1.GetBytes(content).Chunk(size))
            {
                output.Append(Encoding.Latin1.GetString(piece, 0, filter.Take(piece)));
            }

            Assert.Equal(expected, output.ToString());
        }
    }
}
