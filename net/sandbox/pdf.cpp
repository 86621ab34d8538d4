#include "net/sandbox/pdf.h"

#include <cstdio>

namespace fieldsync::net::sandbox {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte > 0x7e) {
      out += '?';
      continue;
    }
    if (c == '(' || c == ')' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string page_content(const std::vector<std::string>& lines) {
  std::string content = "1 w 40 40 1110 762 re S BT /F1 28 Tf 60 740 Td 34 TL\n";
  for (const std::string& line : lines) content += "(" + escaped(line) + ") Tj T*\n";
  return content + "ET\n60 80 m 1090 600 l S\n";
}

}  // namespace

std::string make_pdf(const std::vector<std::string>& lines, std::size_t bytes_min) {
  const std::string content = page_content(lines);
  const std::string objects[] = {
      "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1190 842] /Contents 4 0 R "
      "/Resources << /Font << /F1 5 0 R >> >> >>",
      "<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "endstream",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  std::string pdf = "%PDF-1.4\n";
  std::vector<std::size_t> offsets;
  for (const std::string& object : objects) {
    offsets.push_back(pdf.size());
    pdf += std::to_string(offsets.size()) + " 0 obj\n" + object + "\nendobj\n";
  }
  if (pdf.size() < bytes_min) pdf += "%" + std::string(bytes_min - pdf.size(), '.') + "\n";
  const std::size_t xref = pdf.size();
  const std::string count = std::to_string(offsets.size() + 1);
  pdf += "xref\n0 " + count + "\n0000000000 65535 f \n";
  for (const std::size_t offset : offsets) {
    char line[32];
    std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
    pdf += line;
  }
  return pdf + "trailer\n<< /Size " + count + " /Root 1 0 R >>\nstartxref\n" +
         std::to_string(xref) + "\n%%EOF\n";
}

}  // namespace fieldsync::net::sandbox
